// Makes chosen system calls fail or wait, for a program that this is preloaded into (LD_PRELOAD).
//
// FAILING_CALLS_RULES names a file with lines "CALL ERRNO PART". A call of that kind on a file whose path contains PART
// fails with that error number, or waits until the line is gone where the number is -1. The file is read at each call,
// so a test can change it at any time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// What the file says of `call` on `path`; 0 for nothing.
static int rule(const char *call, const char *path) {
    const char *rules = getenv("FAILING_CALLS_RULES");
    if (!rules) return 0;
    // Not open(2) by its name, which is replaced below.
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, rules, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    char text[4096];
    ssize_t count = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (count <= 0) return 0;
    text[count] = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[16], part[PATH_MAX];
        int code;
        if (sscanf(line, "%15s %d %4095s", name, &code, part) == 3 && !strcmp(name, call) && strstr(path, part))
            return code;
    }
    return 0;
}

// The error that `call` on `path` is to fail with; 0 for none.
static int failure(const char *call, const char *path) {
    int code;
    while ((code = rule(call, path)) < 0) usleep(20 * 1000);
    return code;
}

static int failure_of_descriptor(const char *call, int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0) return 0;
    path[count] = 0;
    return failure(call, path);
}

// `name` is relative to the directory `at`.
static int failure_in_directory(const char *call, int at, const char *name) {
    if (at == AT_FDCWD || name[0] == '/') return failure(call, name);
    char link[64], path[2 * PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    ssize_t count = readlink(link, path, PATH_MAX);
    if (count < 0) return 0;
    snprintf(path + count, sizeof path - (size_t)count, "/%s", name);
    return failure(call, path);
}

#define FAIL_IF(code)      \
    do {                   \
        int error = code;  \
        if (error) {       \
            errno = error; \
            return -1;     \
        }                  \
    } while (0)

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
    FAIL_IF(failure_of_descriptor("read", descriptor));
    return NEXT(pread)(descriptor, bytes, count, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) {
    FAIL_IF(failure_of_descriptor("read", descriptor));
    return NEXT(pread64)(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    FAIL_IF(failure_of_descriptor("write", descriptor));
    return NEXT(pwrite)(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    FAIL_IF(failure_of_descriptor("write", descriptor));
    return NEXT(pwrite64)(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    FAIL_IF(failure_of_descriptor("write", descriptor));
    return NEXT(write)(descriptor, bytes, count);
}

int fdatasync(int descriptor) {
    FAIL_IF(failure_of_descriptor("sync", descriptor));
    return NEXT(fdatasync)(descriptor);
}

int fsync(int descriptor) {
    FAIL_IF(failure_of_descriptor("sync", descriptor));
    return NEXT(fsync)(descriptor);
}

int ftruncate(int descriptor, off_t size) {
    FAIL_IF(failure_of_descriptor("truncate", descriptor));
    return NEXT(ftruncate)(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) {
    FAIL_IF(failure_of_descriptor("truncate", descriptor));
    return NEXT(ftruncate64)(descriptor, size);
}

int openat(int at, const char *name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT) FAIL_IF(failure_in_directory("create", at, name));
    return NEXT(openat)(at, name, flags, mode);
}

int openat64(int at, const char *name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT) FAIL_IF(failure_in_directory("create", at, name));
    return NEXT(openat64)(at, name, flags, mode);
}

int open(const char *name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT) FAIL_IF(failure_in_directory("create", AT_FDCWD, name));
    return NEXT(open)(name, flags, mode);
}

int open64(const char *name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT) FAIL_IF(failure_in_directory("create", AT_FDCWD, name));
    return NEXT(open64)(name, flags, mode);
}

int unlinkat(int at, const char *name, int flags) {
    FAIL_IF(failure_in_directory("delete", at, name));
    return NEXT(unlinkat)(at, name, flags);
}

int renameat(int at, const char *name, int to, const char *new_name) {
    FAIL_IF(failure_in_directory("rename", at, name));
    return NEXT(renameat)(at, name, to, new_name);
}
