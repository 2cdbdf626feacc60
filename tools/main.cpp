// SPDX-License-Identifier: GPL-2.0-or-later
// The command nflogcap, written against the C ABI alone: nflogcap(1).
#include "capture.hpp"
#include "demo.hpp"
#include "doctor.hpp"
#include "extcap.hpp"
#include "list.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"

#include <cstdio>
#include <exception>

namespace command {

namespace {

struct Run {
    ExitStatus operator()(const CaptureOptions& options) const { return capture(options); }
    ExitStatus operator()(const ListOptions& options) const { return list(options); }
    ExitStatus operator()(const DoctorOptions& options) const { return doctor(options); }
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
    command::ignore_signals_of_write();
    try {
        return std::visit(command::Run{}, command::parse_options(argc, argv));
    } catch (const command::ReaderGone&) {
        return command::all_well;
    } catch (const command::Failure& failure) {
        std::fprintf(stderr, "nflogcap: %s\n", failure.what());
        return failure.status;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "nflogcap: %s\n", failure.what());
        return command::failed;
    }
}
