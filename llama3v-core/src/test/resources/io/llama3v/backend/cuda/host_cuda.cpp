// The fibers of host_cuda.h, and the way in from Java. One library for all kernels; each source adds a library of its own.
#include "host_cuda.h"

#include <dlfcn.h>
#include <jni.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <vector>

namespace host_cuda {
Fiber* current;
dim3 grid, block, block_index;
unsigned char* dynamic_shared;

namespace {
const size_t STACK = 128 * 1024, SHARED = 256 * 1024, GUARD = 4096;
enum State { RUNNING, AT_BARRIER, AT_WARP, DONE };
typedef void (*Invoke)(void**);

struct Context : Fiber {
  State state;
  bool started;
  jmp_buf resume;
  ucontext_t first;
};
std::vector<Context> fibers(1024);
unsigned char* stacks;
unsigned char slots[32][32 * 64];
ucontext_t scheduler_context;
jmp_buf scheduler;
Invoke invoke;
void** arguments;
bool descending;

void yield(State state) {
  Context* self = static_cast<Context*>(current);
  self->state = state;
  if (!setjmp(self->resume)) longjmp(scheduler, 1);
}

// A fiber that is through waits for the next block: making one takes system calls.
void body() {
  for (;;) {
    invoke(arguments);
    yield(DONE);
  }
}

void run(Context& f) {
  current = &f;
  f.state = RUNNING;
  if (setjmp(scheduler)) return;
  if (f.started) longjmp(f.resume, 1);
  f.started = true;
  getcontext(&f.first);
  f.first.uc_stack.ss_sp = stacks + STACK * (&f - fibers.data());
  f.first.uc_stack.ss_size = STACK;
  f.first.uc_link = nullptr;
  makecontext(&f.first, body, 0);
  setcontext(&f.first);
}

// Runs one block; false if threads wait for each other for ever.
bool run_block(int threads) {
  std::memset(dynamic_shared, 0xff, SHARED);  // NaN in every type
  int warps = (threads + 31) / 32;
  for (int t = 0; t < threads; t++) {
    Context& f = fibers[t];
    f.linear = t;
    f.thread = {t % block.x, t / block.x % block.y, t / (block.x * block.y)};
    f.state = RUNNING;
  }
  descending = !descending;
  for (;;) {
    for (int i = 0; i < warps; i++) {
      int w = descending ? warps - 1 - i : i;
      int from = 32 * w, to = std::min(threads, from + 32);
      // A warp goes on until all of it is done or at a barrier.
      for (bool moved = true; moved;) {
        moved = false;
        for (int k = 0; k < to - from; k++) {
          Context& f = fibers[descending ? to - 1 - k : from + k];
          if (f.state == RUNNING) {
            run(f);
            moved = true;
          }
        }
        int waiting = 0, finished = 0;
        for (int t = from; t < to; t++) {
          waiting += fibers[t].state == AT_WARP;
          finished += fibers[t].state == DONE;
        }
        if (waiting == to - from) {
          for (int t = from; t < to; t++) fibers[t].state = RUNNING;
          moved = true;
        } else if (waiting > 0 && !moved) {
          std::fprintf(stderr, "a warp instruction that %d of %d lanes have reached\n", waiting, to - from);
          return false;
        }
      }
    }
    int waiting = 0, finished = 0;
    for (int t = 0; t < threads; t++) {
      waiting += fibers[t].state == AT_BARRIER;
      finished += fibers[t].state == DONE;
    }
    if (finished == threads) return true;
    if (waiting != threads) {
      std::fprintf(stderr, "a barrier that %d of %d threads have reached\n", waiting, threads);
      return false;
    }
    for (int t = 0; t < threads; t++) fibers[t].state = RUNNING;
  }
}
}  // namespace

extern "C" {
void host_cuda_barrier() { yield(AT_BARRIER); }
void host_cuda_warp() { yield(AT_WARP); }
unsigned char* host_cuda_slots() { return slots[current->linear >> 5]; }

// 0 if all went well, 1 for a kernel that hangs, 2 for one that wrote past its shared memory, 3 for a launch no device would take.
JNIEXPORT jint JNICALL Java_io_llama3v_backend_cuda_HostCuda_run(JNIEnv* env, jclass, jlong function, jintArray shape, jlongArray places) {
  jint s[7];
  env->GetIntArrayRegion(shape, 0, 7, s);
  grid = {(unsigned)s[0], (unsigned)s[1], (unsigned)s[2]};
  block = {(unsigned)s[3], (unsigned)s[4], (unsigned)s[5]};
  size_t shared_bytes = s[6];
  long threads = (long)block.x * block.y * block.z;
  if (threads < 1 || threads > 1024 || grid.x < 1 || grid.y < 1 || grid.z < 1 || grid.y > 65535 || grid.z > 65535
      || shared_bytes > 227 * 1024) return 3;
  std::vector<jlong> at(env->GetArrayLength(places));
  env->GetLongArrayRegion(places, 0, (jsize)at.size(), at.data());
  arguments = reinterpret_cast<void**>(at.data());
  invoke = reinterpret_cast<Invoke>(function);
  if (!stacks) {
    stacks = static_cast<unsigned char*>(mmap(nullptr, STACK * fibers.size(), PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    dynamic_shared = static_cast<unsigned char*>(std::aligned_alloc(4096, SHARED + GUARD));
  }
  for (unsigned z = 0; z < grid.z; z++)
    for (unsigned y = 0; y < grid.y; y++)
      for (unsigned x = 0; x < grid.x; x++) {
        block_index = {x, y, z};
        if (!run_block((int)threads)) {
          for (Context& f : fibers) f.started = false;
          return 1;
        }
        for (size_t i = shared_bytes; i < shared_bytes + 1024 && i < SHARED; i++) if (dynamic_shared[i] != 0xff) return 2;
      }
  return 0;
}

JNIEXPORT jlong JNICALL Java_io_llama3v_backend_cuda_HostCuda_symbol(JNIEnv* env, jclass, jstring library, jstring name) {
  const char* path = env->GetStringUTFChars(library, nullptr);
  void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!handle) std::fprintf(stderr, "%s\n", dlerror());
  env->ReleaseStringUTFChars(library, path);
  if (!handle) return 0;
  const char* symbol = env->GetStringUTFChars(name, nullptr);
  jlong address = reinterpret_cast<jlong>(dlsym(handle, symbol));
  env->ReleaseStringUTFChars(name, symbol);
  return address;
}
}
}  // namespace host_cuda
