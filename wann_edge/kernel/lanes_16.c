/* The kernel with 16 lanes. */
#define WANN_LANES 16
#include "lanes.h"
