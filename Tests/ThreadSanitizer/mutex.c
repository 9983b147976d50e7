// Tells Thread Sanitizer of the locking that it cannot see.
//
// Swift's `Mutex` on Linux is a futex with priority inheritance (futex(2), FUTEX_LOCK_PI). Where two threads want it at
// once the kernel hands it over, which no instrumented code sees: everything that such a mutex protects is then reported
// as a race. This library stands in front of the two functions of the Synchronization module that go to the kernel.
//
// Loaded with LD_PRELOAD, also by programs without the sanitizer, where it only passes the calls on.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SELF __attribute__((swift_context))
#define SWIFT __attribute__((swiftcall))

// Of the sanitizer's runtime (compiler-rt, tsan_interface.h).
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef void (*lock_slow)(uint32_t thread, SELF void *mutex) SWIFT;
typedef void (*unlock_slow)(SELF void *mutex) SWIFT;

SWIFT void shrinkr_lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void shrinkr_unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

SWIFT void shrinkr_lock_slow(uint32_t thread, SELF void *mutex) {
    ((lock_slow)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void shrinkr_unlock_slow(SELF void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((unlock_slow)dlsym(RTLD_NEXT, UNLOCK_SLOW))(mutex);
}
