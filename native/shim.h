// The life of a shim: parent of one process, owner of its stdio and log, keeper of its exit status.
#pragma once
#include <sys/types.h>

#include "connection.h"
#include "log.h"
#include "oom-watch.h"
#include "specification.h"

struct shim {
  const struct specification *specification;
  pid_t process; // the container's first process, or the one added by `exec`
  pid_t side;    // the process beside it, or 0
  long side_started;    // by shim_clock; 0: not yet again
  bool side_is_missing; // it has died and is to be started again
  int channel;   // to both, until the process has executed
  int signals;   // signalfd
  int listener;  // for further connections, or -1
  ino_t listener_inode;
  struct connection *connections, *first;
  char *ports;   // payload of frame `P`, or NULL
  int output[2]; // what the process writes: stdout or its terminal, stderr; -1 once ended
  int input;     // where its input goes, or -1
  struct oom_watch oom;
  int terminal;  // a slave of its terminal, held so that output does not end while the process has it closed; or -1
  struct log log;
  char *pending; // input that the process has not taken yet
  size_t pending_start, pending_end;
  bool input_ends;    // close it once `pending` is empty
  bool has_had_terminal;
  bool has_reserved_exit;
  bool may_go, is_ready, has_started, has_exited, log_has_failed;
  int status;         // once has_exited
  bool ends_with_process_tree; // every process of the container is dead when `process` is
};

// Milliseconds, from some moment in the past.
long shim_clock(void);
// Blocks the signals a shim is told of by descriptor, and opens that. Before any fork.
void shim_take_signals(struct shim *shim);
// The pipes for a process without a terminal: `child` receives its ends, the shim keeps the others.
void shim_open_stdio(struct shim *shim, int child[3]);
// The socket for further connections, named by the specification, in the working directory.
void shim_listen(struct shim *shim);
// Takes the room that the exit status will need, so that a disk that is full by then does not lose it. In the working directory.
void shim_reserve_exit(struct shim *shim);
// Tells every connection of something that did not work and ends nothing.
void shim_warn(struct shim *shim, const char *what, int error);
// Carries everything until the process has ended and all has been told; returns the status for the shim itself.
int shim_serve(struct shim *shim);
// A child has reported in the channel that the start failed: does what that asks for.
__attribute__((noreturn)) void shim_explain_failure(struct shim *shim);
// The start has failed: undoes everything, tells every connection, ends the shim.
__attribute__((noreturn)) void shim_abandon(struct shim *shim, int code, const char *text);
