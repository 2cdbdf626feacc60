// SPDX-License-Identifier: GPL-2.0-or-later
#include "ownership.hpp"

#include "error.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using nflog::Error;
using nflog::Ownership;

namespace {

class Pipe {
public:
    Pipe()
    {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0)
            _exit(1);
        reading_ = nflog::FileDescriptor(ends[0]);
        writing_ = nflog::FileDescriptor(ends[1]);
    }

    void put(char letter) const
    {
        if (write(writing_.get(), &letter, 1) != 1)
            _exit(1);
    }
    void close_writing() { writing_ = nflog::FileDescriptor(); }
    // Returns '\0' if no process can write any more.
    char get() const // NOLINT(modernize-use-nodiscard): may only wait
    {
        char letter = '\0';
        return read(reading_.get(), &letter, 1) == 1 ? letter : '\0';
    }

private:
    nflog::FileDescriptor reading_;
    nflog::FileDescriptor writing_;
};

// Runs the body in a child, which then ends.
template <typename Body>
pid_t in_child(const Body& body)
{
    const pid_t child = fork();
    if (child == 0) {
        body();
        _exit(0);
    }
    return child;
}

void await(pid_t child)
{
    int status = -1;
    if (waitpid(child, &status, 0) != child || status != 0)
        _exit(1);
}

// Everything that the processes of the body write to the pipe, until the last of them ends.
template <typename Body>
std::string reports(const Body& body)
{
    Pipe pipe;
    const pid_t child = in_child([&] { body(pipe); });
    pipe.close_writing();
    std::string all;
    for (char letter = pipe.get(); letter != '\0'; letter = pipe.get())
        all += letter;
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    return all;
}

// Returns 'y' if this process owns the object now, 'n' if it gets ECHILD.
char require(Ownership& ownership)
{
    try {
        ownership.require();
        return ownership.is_mine() ? 'y' : '?';
    } catch (const Error& failure) {
        return failure.code() == ECHILD && !ownership.is_mine() ? 'n' : '?';
    }
}

void refuse_wipe_on_fork()
{
    std::array filter = {
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                             offsetof(seccomp_data, args[2]) +
                                 (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_WIPEONFORK, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program = {filter.size(), filter.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(1);
}

} // namespace

TEST_CASE("an object belongs to the process that made it")
{
    Ownership ownership("capture");
    CHECK(ownership.is_mine());
    CHECK(ownership.claim());
    CHECK_NOTHROW(ownership.require());
    CHECK_NOTHROW(ownership.take());
    CHECK(ownership.is_mine());
}

TEST_CASE("a child gets ECHILD while the owner lives, and does not affect the object")
{
    auto ownership = std::make_unique<Ownership>("capture");
    CHECK(reports([&](const Pipe& pipe) {
              pipe.put(ownership->is_mine() ? 'y' : 'n');
              pipe.put(ownership->claim() ? 'y' : 'n');
              pipe.put(require(*ownership));
              pipe.put(require(*ownership));
              ownership.reset();
          }) == "nnnn");
    CHECK(ownership->is_mine());
}

TEST_CASE("the text of ECHILD names the object and its owner")
{
    Ownership ownership("savefile");
    const std::string owner = std::to_string(getpid());
    CHECK(reports([&](const Pipe& pipe) {
              try {
                  ownership.require();
              } catch (const Error& failure) {
                  for (const char letter : std::string(failure.what()))
                      pipe.put(letter);
              }
          }) == "this savefile belongs to process " + owner +
                    ", not to this process; take it over, or wait until that process ends");
}

TEST_CASE("the child of a daemon waits for its parent's end and then owns the object")
{
    CHECK(reports([](const Pipe& pipe) {
              Ownership ownership("capture");
              const Pipe started;
              in_child([&] {
                  started.put('s');
                  pipe.put(require(ownership));
                  pipe.put(ownership.is_mine() ? 'y' : 'n');
              });
              started.get(); // then ends, as the parent in daemon(3) does
          }) == "yy");
}

TEST_CASE("a grandchild owns the object after its maker has ended")
{
    CHECK(reports([](const Pipe& pipe) {
              Ownership ownership("capture");
              await(in_child([&] { in_child([&] { pipe.put(require(ownership)); }); }));
          }) == "y");
}

TEST_CASE("a child owns the object without waiting once its owner has ended")
{
    CHECK(reports([](const Pipe& pipe) {
              Ownership ownership("capture");
              in_child([&] {
                  while (!ownership.claim())
                      usleep(1000);
                  pipe.put(ownership.is_mine() ? 'y' : 'n');
              });
          }) == "y");
}

TEST_CASE("one of several children becomes the owner, and when it ends, another child")
{
    constexpr int children = 5;
    std::string answers = reports([](const Pipe& pipe) {
        Ownership ownership("capture");
        Pipe done;
        for (int i = 0; i < children; ++i)
            in_child([&] {
                pipe.put(require(ownership));
                done.put('d');
                if (ownership.is_mine()) { // wait until all other children have asked
                    for (int other = 0; other < children; ++other)
                        done.get();
                    return;
                }
                while (!ownership.claim())
                    usleep(1000);
                pipe.put('y');
            });
    });
    // The children owned the object one after the other, each after the previous owner had ended.
    CHECK(answers.size() == 2 * children - 1);
    CHECK(std::count(answers.begin(), answers.begin() + children, 'y') == 1);
    CHECK(std::count(answers.begin() + children, answers.end(), 'y') == children - 1);
}

TEST_CASE("a child that takes over the object owns it, and the previous owner gets ECHILD")
{
    CHECK(reports([](const Pipe& pipe) {
              Ownership ownership("capture");
              const Pipe taken;
              const Pipe refused;
              const pid_t child = in_child([&] {
                  ownership.take();
                  pipe.put(require(ownership));
                  taken.put('t');
                  refused.get();
              });
              taken.get();
              pipe.put(ownership.is_mine() ? 'y' : 'n');
              pipe.put(require(ownership));
              refused.put('r');
              await(child);
              pipe.put(require(ownership)); // the child that owned the object has ended
              pipe.put(require(ownership));
          }) == "ynnyy");
}

TEST_CASE("a child that was forked before its sibling took over respects the sibling")
{
    CHECK(reports([](const Pipe& pipe) {
              auto ownership = std::make_unique<Ownership>("capture");
              const Pipe taken;
              const Pipe refused;
              in_child([&] {
                  taken.get();
                  pipe.put(require(*ownership));
                  refused.put('r');
              });
              in_child([&] {
                  ownership->take();
                  taken.put('t');
                  refused.get();
              });
          }) == "n");
}

TEST_CASE("an object that its owner has destroyed belongs to the child that uses it")
{
    CHECK(reports([](const Pipe& pipe) {
              auto ownership = std::make_unique<Ownership>("capture");
              const Pipe destroyed;
              const pid_t child = in_child([&] {
                  destroyed.get();
                  pipe.put(require(*ownership));
              });
              ownership.reset();
              destroyed.put('d');
              await(child);
          }) == "y");
}

TEST_CASE("ownership also works on a kernel that cannot wipe memory at fork")
{
    CHECK(reports([](const Pipe& pipe) {
              refuse_wipe_on_fork();
              Ownership ownership("capture");
              pipe.put(require(ownership));
              await(in_child([&] { pipe.put(require(ownership)); }));
              await(in_child([&] {
                  ownership.take();
                  pipe.put(require(ownership));
                  await(in_child([&] { pipe.put(require(ownership)); }));
              }));
              in_child([&] { pipe.put(require(ownership)); });
              pipe.put(require(ownership));
          }) == "ynynyy");
}
