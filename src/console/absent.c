/* The table of files of a program that is built without the console. */
#include "console/files.h"

const struct console_file console_files[] = {{0}};
const size_t console_file_count = 0;
const char console_index[] = "";
const size_t console_index_len = 0;
const size_t console_nonces[] = {0};
const size_t console_nonce_count = 0;
