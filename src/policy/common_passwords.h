/* Searches the list of common passwords, the first ones that attackers try. */
#ifndef ORGD_POLICY_COMMON_PASSWORDS_H
#define ORGD_POLICY_COMMON_PASSWORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the password is in the list, ignoring case, as it is or without up to five digits and symbols at its end.
 * Composition rules make users write `Password1!`.
 */
bool password_is_common(const char *password);

/* The list, made by tools/passwords2c.py: its words, the offset at which each block begins, and the end of the last
 * block. */
extern const unsigned char common_password_data[];
extern const unsigned common_password_blocks[];
extern const size_t common_password_block_count;

#endif
