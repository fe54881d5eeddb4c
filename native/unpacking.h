// How an archive is being unpacked, and the ways to make its entries.
#pragma once
#include "archive-read.h"

struct unpacking {
  bool layer, no_owner, has_owner, keep_kinds;
  uid_t uid; // whom everything belongs to, with has_owner
  gid_t gid;
  int root;
  const char *base; // the folder that names begin at: absolute, without a slash at its end
};

// What a call has done, for whoever made it.
struct unpacked {
  unsigned long long bytes;   // of file contents
  unsigned long long devices; // left out: no user namespace may make them
};

// unpack-dress.c: what an entry looks like. All fail with the entry's name.
// Owner, mode and attributes of what is open.
void dress(const struct unpacking *unpacking, int fd, const struct archive_entry *entry);
// Owner, mode and times of what cannot be opened without consequences, by its name.
void dress_name(const struct unpacking *unpacking, int folder, const char *name, const struct archive_entry *entry);
// Marks a folder as hiding what lower layers have in it; `shown` is for the error.
void set_opaque(int folder, const char *shown);

// unpack-entry.c: makes an entry where nothing is in its way.
void make_file(const struct unpacking *unpacking, struct unpacked *done, int folder, const char *name, const struct archive_entry *entry);
void make_folder(const struct unpacking *unpacking, int folder, const char *name, const struct archive_entry *entry);
void make_symbolic_link(const struct unpacking *unpacking, int folder, const char *name, const struct archive_entry *entry);
// Devices and fifos.
void make_node(const struct unpacking *unpacking, struct unpacked *done, int folder, const char *name, const struct archive_entry *entry);
// `shown` and `link` are the entry's own words. False when there is no such file (yet); fails when it is outside of the folder.
bool make_hard_link(const struct unpacking *unpacking, int folder, const char *name, const char *shown, const char *link);
