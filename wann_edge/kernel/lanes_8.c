/* The kernel with 8 lanes. */
#define WANN_LANES 8
#include "lanes.h"
