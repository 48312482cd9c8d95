/* The kernel with 4 lanes. */
#define WANN_LANES 4
#include "lanes.h"
