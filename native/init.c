// It runs from the sealed copy of the binary (sealed-copy.c), which it keeps mapped for the container's whole life; the container can
// read that copy through /proc/1/exe, but nothing can write to it.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command-line.h"
#include "init.h"
#include "slipway.h"

static void become_foreground(void) {
  if (setpgid(0, 0) < 0 || tcsetpgrp(0, getpid()) < 0) fail("taking the foreground");
}

// Status of the command when it has ended, else -1.
static int reap(pid_t command) {
  int status, result = -1;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    if (pid == command) result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

void init_supervise(bool has_terminal) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL); // none may be lost between the fork and the wait
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL); // one that is ignored would never be seen
  pid_t command = fork();
  if (command < 0) fail("fork");
  if (command == 0) {
    if (has_terminal) become_foreground();
    return;
  }
  close_range(0, ~0U, 0); // the channel too: only the command's exec may close it last
  prctl(PR_SET_NAME, "slipway-init");
  command_line_replace("slipway-init");
  // It has no more secrets than any process of the container (its environment is empty), and its namespaces must be found through it, as through any other.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  for (;;) {
    int number = sigwaitinfo(&all, NULL);
    if (number == SIGCHLD) {
      int status = reap(command);
      if (status >= 0) _exit(status);
    } else if (number > 0) {
      kill(command, number);
    }
  }
}
