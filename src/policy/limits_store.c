/* Counts rate-limited attempts in the database. */
#include "policy/limits_store.h"

#include <stdatomic.h>
#include <string.h>

#include "base/platform.h"
#include "policy/statements.h"

enum { ARRAYS_MAX = 4096 };

static _Atomic(bool) crowded[LIMIT_COUNT]; /* has LIMITS_OWN_MAX or more counters of its own */
static _Atomic(int64_t) next_sweep_us;

/* ---- parameters ---- */

struct arrays {
    struct buffer own, shared, names, costs, seconds;
};

static void add_hex(struct buffer *out, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buffer_format(out, "%02x", bytes[i]);
}

/* Appends the key of the shared counter for subjects without a counter of their own when there are too many; otherwise
 * "". */
static void add_shared(struct buffer *out, const struct limit_charge *charge)
{
    if (atomic_load(&crowded[charge->limit])) {
        buffer_text(out, "ffffffffffffff"); /* a prefix that the key of a subject has with probability 2^-56 */
        add_hex(out, (const unsigned char[]){charge->key[LIMIT_KEY - 1] % LIMITS_SHARED}, 1);
        for (const char *name = limit_name(charge->limit); *name; name++)
            buffer_format(out, "%02x", (unsigned char)*name);
    } else {
        buffer_text(out, "\"\"");
    }
}

/* Writes the charges as arrays in PostgreSQL's text form. */
static bool write_arrays(struct request *req, const struct limit_charge *charges, size_t count, struct arrays *arrays)
{
    struct buffer *const all[] = {&arrays->own, &arrays->shared, &arrays->names, &arrays->costs, &arrays->seconds};
    bool sound = true;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i] = buffer_make(req->arena, ARRAYS_MAX);
        buffer_char(all[i], '{');
        for (size_t k = 0; k < count; k++) {
            const struct limit_charge *charge = &charges[k];
            if (k > 0)
                buffer_char(all[i], ',');
            if (all[i] == &arrays->own)
                add_hex(all[i], charge->key, LIMIT_KEY);
            else if (all[i] == &arrays->shared)
                add_shared(all[i], charge);
            else if (all[i] == &arrays->names)
                buffer_text(all[i], limit_name(charge->limit));
            else
                buffer_format(all[i], "%lld",
                              (long long)(all[i] == &arrays->costs ? charge->cost_us : charge->seconds));
        }
        buffer_char(all[i], '}');
        sound = sound && !all[i]->failed;
    }
    return sound;
}

/* ---- sweeping ---- */

static enum err sweep(struct request *req)
{
    struct result rows;

    TRY(DB_RUN(req->db, limits_sweep, &rows));
    for (int limit = 0; limit < LIMIT_COUNT; limit++) {
        bool full = false;
        for (int row = 0; row < result_rows(&rows); row++)
            full = full || (strcmp(result_text(&rows, row, LIMITS_SWEEP_LIMITED), limit_name(limit)) == 0 &&
                            result_int(&rows, row, LIMITS_SWEEP_TAKEN) >= LIMITS_OWN_MAX);
        atomic_store(&crowded[limit], full);
    }
    result_clear(&rows);
    return OK;
}

/* Removes full counters from time to time, one worker at a time. */
static enum err sweep_if_due(struct request *req)
{
    int64_t now = platform.monotonic_us(), due = atomic_load(&next_sweep_us);

    if (now < due || !atomic_compare_exchange_strong(&next_sweep_us, &due, now + LIMITS_SWEEP_US))
        return OK;
    return sweep(req);
}

/* ---- taking and refunding ---- */

static enum err check_outside_transaction(struct request *req)
{
    if (db_in_transaction(req->db))
        return error_set(&req->error, ERR_INTERNAL, "a limit was used within a transaction");
    return OK;
}

enum err limits_store_take(struct request *req, const struct limit_charge *charges, size_t count, int64_t *waits)
{
    struct arrays arrays;
    struct result rows;
    enum err err;

    TRY(check_outside_transaction(req));
    TRY(sweep_if_due(req));
    if (!write_arrays(req, charges, count, &arrays))
        return ERR_MEMORY;
    TRY(DB_RUN(req->db, limits_take, &rows, param_text(arrays.own.data), param_text(arrays.shared.data),
               param_text(arrays.names.data), param_text(arrays.costs.data), param_text(arrays.seconds.data)));
    for (size_t i = 0; i < count; i++)
        waits[i] = result_bool(&rows, (int)i, LIMITS_TAKE_TAKEN) ? 0 : result_int(&rows, (int)i, LIMITS_TAKE_WAIT_US);
    err = result_rows(&rows) == (int)count ? OK : ERR_INTERNAL;
    result_clear(&rows);
    return err;
}

enum err limits_store_give(struct request *req, const struct limit_charge *charges, size_t count)
{
    struct arrays arrays;

    if (!write_arrays(req, charges, count, &arrays))
        return ERR_MEMORY;
    return DB_RUN(req->db, limits_give, NULL, param_text(arrays.own.data), param_text(arrays.shared.data),
                  param_text(arrays.names.data), param_text(arrays.costs.data), param_text(arrays.seconds.data));
}
