#include <libpq-fe.h>
// What the threads that use libpq need besides; Swift's Glibc module lacks it.
#include <pthread.h>
#include <sys/eventfd.h>
int pthread_setname_np(pthread_t thread, const char *name);
