/* Names of hazards and locks. */
#include "migrate/script.h"

#include <string.h>

const struct hazard_row hazards[HAZARD_COUNT] = {
#define HAZARD(code, what) {#code, what},
#include "migrate/hazards.def"
#undef HAZARD
};

int hazard_find(const char *code)
{
    for (int i = 0; i < HAZARD_COUNT; i++) {
        if (strcmp(hazards[i].code, code) == 0)
            return i;
    }
    return -1;
}

const char *lock_mode_name(enum lock_mode mode)
{
    static const char *const names[] = {
        [LOCK_NONE] = "",
        [LOCK_ROW_EXCLUSIVE] = "ROW EXCLUSIVE",
        [LOCK_SHARE_UPDATE_EXCLUSIVE] = "SHARE UPDATE EXCLUSIVE",
        [LOCK_SHARE] = "SHARE",
        [LOCK_SHARE_ROW_EXCLUSIVE] = "SHARE ROW EXCLUSIVE",
        [LOCK_EXCLUSIVE] = "EXCLUSIVE",
        [LOCK_ACCESS_EXCLUSIVE] = "ACCESS EXCLUSIVE",
    };
    return names[mode];
}
