#ifndef SHRINKR_CZLIB_SHIM_H
#define SHRINKR_CZLIB_SHIM_H

// Makes `next_in` a pointer to const bytes, so that input needs no copy (zlib.h, "ZLIB_CONST").
#define ZLIB_CONST
#include <zlib.h>

#endif
