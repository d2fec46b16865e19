/* A disk that fails on demand, and one whose every write is written down. Loaded with LD_PRELOAD by the tests.
   TEST_MONITOR_EIO=fsync|write|read makes those calls fail; TEST_MONITOR_TRACE=FILE appends what is done to files. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(const char *what) {
  const char *now = getenv("TEST_MONITOR_EIO");
  return now && !strcmp(now, what);
}

static void note(char what, int fd, int64_t offset, int64_t length, const void *data) {
  const char *to = getenv("TEST_MONITOR_TRACE");
  char link[64], path[1024] = "";
  int32_t size = 0;
  if (!to) return;
  if (fd >= 0) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = (int32_t)readlink(link, path, sizeof path);
    if (size < 0) size = 0;
  }
  int out = open(to, O_WRONLY | O_APPEND | O_CREAT, 0600);
  write(out, &what, 1);
  write(out, &size, sizeof size);
  write(out, path, size);
  write(out, &offset, sizeof offset);
  write(out, &length, sizeof length);
  if (data) write(out, data, length);
  close(out);
}

void acknowledge(int number) { note('A', -1, number, 0, NULL); }

#define WRITE(name)                                                              \
  ssize_t name(int fd, const void *data, size_t length, off_t offset) {          \
    ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, #name); \
    if (fails("write")) { errno = EIO; return -1; }                              \
    ssize_t done = real(fd, data, length, offset);                               \
    if (done > 0) note('W', fd, offset, done, data);                             \
    return done;                                                                 \
  }
WRITE(pwrite)
WRITE(pwrite64)

#define READ(name)                                                         \
  ssize_t name(int fd, void *data, size_t length, off_t offset) {          \
    ssize_t (*real)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, #name); \
    if (fails("read")) { errno = EIO; return -1; }                         \
    return real(fd, data, length, offset);                                 \
  }
READ(pread)
READ(pread64)

#define SYNC(name)                                  \
  int name(int fd) {                                \
    int (*real)(int) = dlsym(RTLD_NEXT, #name);     \
    if (fails("fsync")) { errno = EIO; return -1; } \
    int done = real(fd);                            \
    if (!done) note('S', fd, 0, 0, NULL);           \
    return done;                                    \
  }
SYNC(fsync)
SYNC(fdatasync)

#define CUT(name)                                      \
  int name(int fd, off_t length) {                     \
    int (*real)(int, off_t) = dlsym(RTLD_NEXT, #name); \
    int done = real(fd, length);                       \
    if (!done) note('T', fd, length, 0, NULL);         \
    return done;                                       \
  }
CUT(ftruncate)
CUT(ftruncate64)
