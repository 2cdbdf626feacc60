// SPDX-License-Identifier: GPL-2.0-or-later
#include "program.hpp"

#include <csignal>
#include <exception>
#include <fcntl.h>
#include <new>
#include <unistd.h>

namespace command {

namespace {

// Opens each standard stream that is closed. Otherwise the next opened file would get its number,
// and output would go into that file. The streams opened here fail as closed ones do: standard
// input cannot be read, and the others cannot be written.
void occupy_standard_streams()
{
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stream, F_GETFD) < 0)
            open("/dev/null",
                 // Open() returns the lowest free number.
                 stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

// Makes write(2) return an error, instead of a signal, for a closed pipe and for a file at its size
// limit.
void ignore_signals_of_write()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

} // namespace

int run_program(const char* name, const std::function<ExitStatus()>& run)
{
    program_name = name;
    occupy_standard_streams();
    ignore_signals_of_write();
    try {
        return run();
    } catch (const ReaderGone&) {
        return all_well;
    } catch (const Failure& failure) {
        print_failure(failure.what());
        return failure.status;
    } catch (const std::bad_alloc&) {
        print_failure("out of memory");
        return failed;
    } catch (const std::exception& failure) {
        print_failure(failure.what());
        return failed;
    }
}

} // namespace command
