#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup-devices.h"

// What stands in the registers while the rules are gone through.
enum { RESULT = BPF_REG_0, CONTEXT = BPF_REG_1, TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5, SCRATCH = BPF_REG_6 };
enum { HEAD = 6, PER_RULE = 8, TAIL = 2 };

struct program {
  struct bpf_insn *code;
  size_t length;
};

static void add(struct program *program, struct bpf_insn instruction) {
  program->code[program->length++] = instruction;
}

static struct bpf_insn load(int destination, size_t offset) {
  return (struct bpf_insn){
      .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = (uint8_t)destination & 15, .src_reg = CONTEXT, .off = (int16_t)offset};
}

static struct bpf_insn copy(int destination, int source) {
  return (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = (uint8_t)destination & 15, .src_reg = (uint8_t)source & 15};
}

static struct bpf_insn compute(int operation, int destination, int value) {
  return (struct bpf_insn){.code = (uint8_t)(BPF_ALU | operation | BPF_K), .dst_reg = (uint8_t)destination & 15, .imm = value};
}

static struct bpf_insn end(void) {
  return (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
}

// The distance is filled in once the rule's end is known.
static void add_unless_equal(struct program *program, int reg, int value) {
  add(program, (struct bpf_insn){.code = BPF_JMP32 | BPF_JNE | BPF_K, .dst_reg = (uint8_t)reg & 15, .imm = value});
}

static int refused_access(const char *access) {
  int refused = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;
  if (strchr(access, 'm') != NULL) refused &= ~BPF_DEVCG_ACC_MKNOD;
  if (strchr(access, 'r') != NULL) refused &= ~BPF_DEVCG_ACC_READ;
  if (strchr(access, 'w') != NULL) refused &= ~BPF_DEVCG_ACC_WRITE;
  return refused;
}

static void add_rule(struct program *program, const struct device_rule *rule) {
  size_t first = program->length;
  int refused = refused_access(rule->access);
  if (rule->type != 'a') add_unless_equal(program, TYPE, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
  if (rule->major >= 0) add_unless_equal(program, MAJOR, rule->major);
  if (rule->minor >= 0) add_unless_equal(program, MINOR, rule->minor);
  if (refused != 0) {
    add(program, copy(SCRATCH, ACCESS));
    add(program, compute(BPF_AND, SCRATCH, refused));
    add_unless_equal(program, SCRATCH, 0);
  }
  add(program, compute(BPF_MOV, RESULT, 1));
  add(program, end());
  for (size_t i = first; i < program->length; i++)
    if (BPF_CLASS(program->code[i].code) == BPF_JMP32) program->code[i].off = (int16_t)(program->length - i - 1);
}

static bool write_program(struct program *program, const struct device_rule *rules, size_t count) {
  program->code = calloc(HEAD + count * PER_RULE + TAIL, sizeof *program->code);
  if (program->code == NULL) return false;
  add(program, load(TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type)));
  add(program, copy(ACCESS, TYPE));
  add(program, compute(BPF_RSH, ACCESS, 16));
  add(program, compute(BPF_AND, TYPE, 0xffff));
  add(program, load(MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major)));
  add(program, load(MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor)));
  for (size_t i = 0; i < count; i++) add_rule(program, &rules[i]);
  add(program, compute(BPF_MOV, RESULT, 0));
  add(program, end());
  return true;
}

static int bpf(int command, union bpf_attr *attributes) {
  return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int load_program(const struct program *program) {
  union bpf_attr attributes = {0};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = (uintptr_t)program->code;
  attributes.insn_cnt = (uint32_t)program->length;
  attributes.license = (uintptr_t) "Apache-2.0";
  return bpf(BPF_PROG_LOAD, &attributes);
}

// Beside those of the groups above, all of which have to allow it.
static bool attach(int group, int program) {
  union bpf_attr attributes = {0};
  attributes.target_fd = (uint32_t)group;
  attributes.attach_bpf_fd = (uint32_t)program;
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  return bpf(BPF_PROG_ATTACH, &attributes) == 0;
}

bool cgroup_guard_devices(const char *directory, const struct device_rule *rules, size_t count) {
  struct program program = {0};
  if (!write_program(&program, rules, count)) return false;
  int group = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int loaded = group < 0 ? -1 : load_program(&program);
  bool is_attached = loaded >= 0 && attach(group, loaded);
  int error = errno;
  if (loaded >= 0) close(loaded);
  if (group >= 0) close(group);
  free(program.code);
  errno = error;
  return is_attached;
}
