#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

// Records on their way to the file: one write for many lines.
struct batch {
  struct log *log;
  bool has_failed;
  char prefix[64];
  size_t prefix_length, used;
  char bytes[2 * LOG_TEXT_LIMIT];
};

static struct batch batch;

// How many of the bytes the file took; where these are not all, errno says why.
static size_t write_bytes(int fd, const char *bytes, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t count = write(fd, bytes + done, length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    done += (size_t)count;
  }
  return done;
}

// Where the disk is full: a record that was begun is taken back, and what did not fit is counted.
static void keep_whole_records(struct log *log, size_t written) {
  const char *newline = memrchr(batch.bytes, '\n', written);
  size_t whole = newline == NULL ? 0 : (size_t)(newline - batch.bytes) + 1;
  for (size_t at = whole; at < batch.used; at++) log->lost += batch.bytes[at] == '\n';
  log->size += (off_t)whole;
  if (written > whole && ftruncate(log->fd, log->size) < 0) log->size += (off_t)(written - whole);
}

static void flush(void) {
  size_t written = batch.has_failed ? 0 : write_bytes(batch.log->fd, batch.bytes, batch.used);
  if (written < batch.used) {
    if (!batch.has_failed) batch.log->error = errno;
    batch.has_failed = true;
    keep_whole_records(batch.log, written);
  } else {
    batch.log->size += (off_t)written;
  }
  batch.used = 0;
}

// Before the first record that is written again.
static void say_what_is_lost(struct log *log, const char *time) {
  int length = snprintf(batch.bytes, sizeof batch.bytes, "%s stderr F [slipway: %llu lines could not be written here: %s]\n", time,
                        log->lost, strerror(log->error));
  unsigned long long lost = log->lost;
  batch.used = (size_t)length;
  flush();
  log->lost = batch.has_failed ? lost : 0;
}

// All records of one read carry the time of that read.
static void begin(struct log *log, int stream) {
  struct timespec now;
  struct tm date;
  char seconds[32];
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &date);
  strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &date);
  batch.log = log;
  batch.has_failed = false;
  snprintf(batch.prefix, sizeof batch.prefix, "%s.%09ldZ", seconds, now.tv_nsec);
  if (log->lost > 0) say_what_is_lost(log, batch.prefix);
  strcat(batch.prefix, stream == 0 ? " stdout " : " stderr ");
  batch.prefix_length = strlen(batch.prefix);
}

enum { PLAIN, COMPRESSED };

static void older_name(char path[NAME_MAX + 1], const struct log *log, long number, int form) {
  snprintf(path, NAME_MAX + 1, "%s.%ld%s", log->name, number, form == COMPRESSED ? ".gz" : "");
}

// 0 for a name that is not one of an older file.
static long number_of(const struct log *log, const char *name) {
  size_t length = strlen(log->name);
  if (strncmp(name, log->name, length) != 0 || name[length] != '.' || !isdigit((unsigned char)name[length + 1])) return 0;
  char *end;
  long number = strtol(name + length + 1, &end, 10);
  return *end == '\0' || strcmp(end, ".gz") == 0 ? number : 0;
}

// In this order: whoever compresses a file that is being dropped finds the plain one gone at the end, and takes back what it made.
static void drop(const struct log *log, long number) {
  char path[NAME_MAX + 1];
  for (int form = PLAIN; number > 0 && form <= COMPRESSED; form++) {
    older_name(path, log, number, form);
    unlink(path);
  }
}

// A file gets its number when the next one is begun, and keeps it: so it can be read and compressed meanwhile. It is never written to
// again. For a moment there is none that is written to.
static bool begin_new_file(struct log *log) {
  char older[NAME_MAX + 1], fresh[NAME_MAX + 1];
  snprintf(fresh, sizeof fresh, "%s.new", log->name);
  older_name(older, log, log->number, PLAIN);
  drop(log, log->number - log->files + 1); // first: it makes room on a full disk
  if (unlink(fresh) < 0 && errno != ENOENT) return false;
  int fd = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return false;
  bool is_numbered = log->files == 1 || rename(log->name, older) == 0;
  if (!is_numbered || rename(fresh, log->name) < 0) {
    int error = errno;
    if (log->files > 1 && is_numbered) rename(older, log->name);
    close(fd);
    unlink(fresh);
    errno = error;
    return false;
  }
  close(log->fd);
  log->fd = fd;
  log->size = 0;
  log->number++;
  return true;
}

static void make_room(void) {
  struct log *log = batch.log;
  if (log->size_limit == 0 || log->size + (off_t)batch.used < log->size_limit) return;
  flush();
  if (batch.has_failed || begin_new_file(log)) return;
  log->error = errno;
  batch.has_failed = true;
}

static void add(const char *bytes, size_t length) {
  memcpy(batch.bytes + batch.used, bytes, length);
  batch.used += length;
}

static void record(char tag, const char *first, size_t first_length, const char *second, size_t second_length) {
  make_room();
  if (batch.used + batch.prefix_length + first_length + second_length + 3 > sizeof batch.bytes) flush();
  char tagged[2] = {tag, ' '};
  add(batch.prefix, batch.prefix_length);
  add(tagged, 2);
  add(first, first_length);
  add(second, second_length);
  add("\n", 1);
}

static void keep(struct log_partial *partial, const char *bytes, size_t length) {
  if (length == 0) return;
  if (partial->text == NULL && (partial->text = malloc(LOG_TEXT_LIMIT)) == NULL) fail("memory");
  memcpy(partial->text + partial->length, bytes, length);
  partial->length += length;
}

static void forget(struct log_partial *partial) {
  free(partial->text);
  *partial = (struct log_partial){0};
}

bool log_write(struct log *log, int stream, const char *bytes, size_t length) {
  if (log->fd < 0) return true;
  struct log_partial *partial = &log->partial[stream];
  begin(log, stream);
  for (const char *at = bytes, *end = bytes + length; at < end;) {
    size_t room = LOG_TEXT_LIMIT - partial->length, left = (size_t)(end - at);
    // One byte more than fits is looked at: a line of just that length ends in it, and is whole.
    const char *newline = memchr(at, '\n', left < room + 1 ? left : room + 1);
    if (newline == NULL && left <= room) {
      keep(partial, at, left);
      break;
    }
    size_t taken = newline != NULL ? (size_t)(newline - at) : room;
    record(newline != NULL ? 'F' : 'P', partial->text != NULL ? partial->text : "", partial->length, at, taken);
    forget(partial);
    at += taken + (newline != NULL);
  }
  flush();
  return !batch.has_failed;
}

bool log_end(struct log *log, int stream) {
  struct log_partial *partial = &log->partial[stream];
  if (log->fd < 0 || (partial->length == 0 && log->lost == 0)) return true;
  begin(log, stream);
  if (partial->length > 0) record('P', partial->text, partial->length, "", 0);
  forget(partial);
  flush();
  return !batch.has_failed;
}

// Cuts off what follows the last end of line.
static void cut_torn_record(int fd) {
  struct stat status;
  if (fstat(fd, &status) < 0) fail("log");
  off_t size = status.st_size;
  char block[4096];
  while (size > 0) {
    size_t length = size < (off_t)sizeof block ? (size_t)size : sizeof block;
    ssize_t count = pread(fd, block, length, size - (off_t)length);
    if (count != (ssize_t)length) fail("reading the log");
    const char *newline = memrchr(block, '\n', length);
    if (newline != NULL) {
      size -= (off_t)length - (newline - block + 1);
      break;
    }
    size -= (off_t)length;
  }
  if (size < status.st_size && ftruncate(fd, size) < 0) fail("cutting the log");
}

// Goes on counting after the older files, and drops those that are too old: whoever wrote them may have been killed before it could.
static void count_older_files(struct log *log) {
  DIR *folder = opendir(".");
  if (folder == NULL) fail("looking for older logs");
  long newest = 0;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    long number = number_of(log, entry->d_name);
    if (number > newest) newest = number;
  }
  rewinddir(folder);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    long number = number_of(log, entry->d_name);
    if (number > 0 && number <= newest - log->files + 1) drop(log, number);
  }
  closedir(folder);
  log->number = newest + 1;
}

void log_open(struct log *log, const char *name, long long size_limit, int files) {
  *log = (struct log){.fd = -1, .name = name, .size_limit = size_limit, .files = files, .number = 1};
  if (name == NULL) return;
  if (size_limit > 0) count_older_files(log);
  log->fd = open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (log->fd < 0) fail(name);
  cut_torn_record(log->fd);
  struct stat status;
  if (fstat(log->fd, &status) < 0) fail(name);
  log->size = status.st_size;
}

void log_place(const struct log *log, char text[96]) {
  struct stat status = {0};
  if (log->fd >= 0 && fstat(log->fd, &status) < 0) fail("log");
  snprintf(text, 96, "%ld %llu %lld", log->number, (unsigned long long)status.st_ino, (long long)status.st_size);
}
