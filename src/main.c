/* The program's entry: finds the command and runs it. */
#include <stdio.h>

int main(void)
{
    (void)puts("orgd");
    return 0;
}
