// SPDX-License-Identifier: GPL-2.0-or-later
// The command nflogcap: see nflogcap(1). It uses only the C ABI of the library.
#include "capture.hpp"
#include "config.hpp"
#include "demo.hpp"
#include "doctor.hpp"
#include "extcap.hpp"
#include "fleet_program.hpp"
#include "list.hpp"
#include "options.hpp"
#include "output.hpp"
#include "program.hpp"
#include "spool_view.hpp"

#include <utility>
#include <variant>

namespace command {

namespace {

struct Run {
    int argc;
    char** argv;

    ExitStatus operator()(const CaptureOptions& options) const
    {
        if (!has_config(argc, argv))
            return capture(options);
        return capture(options, [this] {
            auto read = parse_options(argc, argv);
            if (auto* const again = std::get_if<CaptureOptions>(&read))
                return std::move(*again);
            throw Failure("the configuration is no longer that of a capture");
        });
    }
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
    return command::run_program("nflogcap", [&] {
        return std::visit(command::Run{argc, argv}, command::parse_options(argc, argv));
    });
}
