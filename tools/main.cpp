// SPDX-License-Identifier: GPL-2.0-or-later
// The command nflogcap, written against the C ABI alone: nflogcap(1).
#include "capture.hpp"
#include "demo.hpp"
#include "doctor.hpp"
#include "extcap.hpp"
#include "fleet_program.hpp"
#include "list.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "spool_view.hpp"

#include <exception>
#include <fcntl.h>
#include <new>
#include <unistd.h>

namespace command {

namespace {

// If a standard stream is closed, the next file would get its number, and be printed into. What is
// opened here instead fails as a closed one does: standard input cannot be read, and the others
// cannot be written.
void occupy_standard_streams()
{
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stream, F_GETFD) < 0)
            open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY); // takes the lowest
    }
}

struct Run {
    ExitStatus operator()(const CaptureOptions& options) const { return capture(options); }
    ExitStatus operator()(const ListOptions& options) const { return list(options); }
    ExitStatus operator()(const DoctorOptions& options) const { return doctor(options); }
    ExitStatus operator()(const SpoolOptions& options) const { return view_spool(options); }
    ExitStatus operator()(const FleetProgram& program) const { run_fleet_program(program); }
    ExitStatus operator()(const DemoOptions& /*none*/) const { return demo(); }
    ExitStatus operator()(const ExtcapQuery& query) const { return answer(query); }
    ExitStatus operator()(const Words& words) const
    {
        Output output;
        output.buffer() = words.text;
        output.close();
        return all_well;
    }
};

} // namespace

} // namespace command

int main(int argc, char** argv)
{
    command::occupy_standard_streams();
    command::ignore_signals_of_write();
    try {
        return std::visit(command::Run{}, command::parse_options(argc, argv));
    } catch (const command::ReaderGone&) {
        return command::all_well;
    } catch (const command::Failure& failure) {
        command::print_failure(failure.what());
        return failure.status;
    } catch (const std::bad_alloc&) {
        command::print_failure("out of memory");
        return command::failed;
    } catch (const std::exception& failure) {
        command::print_failure(failure.what());
        return command::failed;
    }
}
