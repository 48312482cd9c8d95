/* Zephyr's console, on the host. */
#include <stdio.h>
#define printk printf
