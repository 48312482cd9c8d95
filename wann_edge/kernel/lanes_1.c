/* The kernel with one lane: plain C. */
#define WANN_LANES 1
#include "lanes.h"
