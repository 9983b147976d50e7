#ifndef SHRINKR_CLIBFUZZER_SHIM_H
#define SHRINKR_CLIBFUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's own main function, for programs that have one already (LLVM, "libFuzzer", section "Using libFuzzer as a
// library"). It runs `test_one_input` on one input after another and returns the exit code.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test_one_input)(const uint8_t *data, size_t size));

#endif
