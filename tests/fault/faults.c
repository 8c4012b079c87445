/* Failing disks, killed programs and power cuts, for tests: load it with LD_PRELOAD.

   It counts the calls that change files below one folder. A test arms it to fail the call of one
   number, or to kill the program there. It can also keep what was synced: the content of each
   file at its last fsync, and the names in the folder at the folder's last fsync. That is what a
   power cut leaves on a disk that loses everything else. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX], kept[PATH_MAX];
static long calls, failing = -1;
static int failure, stays, kills;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void faults_arm(const char *below, long at, int with, int for_good, int killing) {
    snprintf(folder, sizeof folder, "%s", below);
    calls = 0, failing = at, failure = with, stays = for_good, kills = killing;
}

void faults_keep_synced(const char *below, const char *to) {
    snprintf(folder, sizeof folder, "%s", below);
    snprintf(kept, sizeof kept, "%s", to);
}

long faults_calls(void) { return calls; }

static int is_below(const char *path) {
    size_t length = strlen(folder);
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

/* Whether the present call fails; errno is set then. */
static int fails(const char *path) {
    if (!is_below(path)) return 0;
    calls++;
    if (failing < 0 || calls < failing || (calls > failing && !stays)) return 0;
    if (kills) kill(getpid(), SIGKILL);
    errno = failure;
    return 1;
}

static int fd_fails(int fd) {
    char path[PATH_MAX];
    return *folder && path_of(fd, path) && fails(path);
}

static void keep(int fd) {
    char path[PATH_MAX], to[PATH_MAX + 64];
    struct stat status;
    if (!*kept || !path_of(fd, path) || !is_below(path) || fstat(fd, &status)) return;
    if (S_ISDIR(status.st_mode)) {
        snprintf(to, sizeof to, "%s/names-%lu", kept, (unsigned long)status.st_ino);
        FILE *names = fopen(to, "w");
        DIR *open = opendir(path);
        for (struct dirent *entry; open && (entry = readdir(open));)
            fprintf(names, "%lu/%s\n", (unsigned long)entry->d_ino, entry->d_name);
        closedir(open);
        fclose(names);
        return;
    }
    snprintf(to, sizeof to, "%s/%lu", kept, (unsigned long)status.st_ino);
    FILE *in = fopen(path, "r"), *out = fopen(to, "w");
    char block[65536];
    for (size_t length; in && out && (length = fread(block, 1, sizeof block, in));)
        fwrite(block, 1, length, out);
    if (in) fclose(in);
    if (out) fclose(out);
}

int fsync(int fd) {
    int result = fd_fails(fd) ? -1 : REAL(fsync)(fd);
    if (!result) keep(fd);
    return result;
}

int fdatasync(int fd) {
    int result = fd_fails(fd) ? -1 : REAL(fdatasync)(fd);
    if (!result) keep(fd);
    return result;
}

ssize_t write(int fd, const void *data, size_t length) {
    return fd_fails(fd) ? -1 : REAL(write)(fd, data, length);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    return fd_fails(fd) ? -1 : REAL(pwrite)(fd, data, length, at);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    return fd_fails(fd) ? -1 : REAL(pwrite64)(fd, data, length, at);
}

int ftruncate(int fd, off_t length) { return fd_fails(fd) ? -1 : REAL(ftruncate)(fd, length); }

int ftruncate64(int fd, off64_t length) {
    return fd_fails(fd) ? -1 : REAL(ftruncate64)(fd, length);
}

int rename(const char *from, const char *to) { return fails(to) ? -1 : REAL(rename)(from, to); }

int mkdir(const char *path, mode_t mode) { return fails(path) ? -1 : REAL(mkdir)(path, mode); }

#define OPEN(name)                                                  \
    int name(const char *path, int flags, ...) {                    \
        va_list more;                                               \
        va_start(more, flags);                                      \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;   \
        va_end(more);                                               \
        if (flags & O_CREAT && fails(path)) return -1;              \
        return REAL(name)(path, flags, mode);                       \
    }
OPEN(open)
OPEN(open64)
