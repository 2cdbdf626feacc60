// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap_options.hpp"

#include "command_line.hpp"
#include "extcap.hpp"
#include "option_values.hpp"

namespace command {

void bind_extcap(CommandLine& line, Extcap& extcap)
{
    line.flag("--extcap-interfaces", extcap.interfaces);
    line.flag("--extcap-dlts", extcap.link_types);
    line.flag("--extcap-config", extcap.configuration);
    line.flag("--capture", extcap.capture);
    line.value("--extcap-interface", extcap.interface);
    line.value("--extcap-linktype", extcap.link_type);
    line.value("--fifo", extcap.fifo);
    line.value("--extcap-version", extcap.version);
    line.value("--extcap-capture-filter",
               [&extcap](const std::string& /*option*/, const std::string& filter) {
                   extcap.filter = filter;
                   extcap.asks_about_filter = true;
               });
}

void refuse_extcap_options(const CommandLine& line)
{
    for (const OptionRow& row : line.given()) {
        if (row.section == wiresharks_own)
            refuse(std::string(row.names) + " has no effect without --extcap-interface or "
                                            "--extcap-interfaces; leave it out");
    }
}

Options of_extcap(const CommandLine& line, const Extcap& extcap, CaptureOptions options)
{
    using About = ExtcapQuery::About;
    if (!options.filter.empty())
        refuse("the filter '" + options.filter +
               "' has no effect here; give it by --extcap-capture-filter");
    if (extcap.interfaces) {
        line.allow_only("--extcap-interfaces", {});
        return ExtcapQuery{About::interfaces, {}, {}};
    }
    if (extcap.interface.empty())
        refuse("no interface is given; give --extcap-interface");
    if (extcap.configuration) {
        line.allow_only("--extcap-config", {"--extcap-interface"});
        return ExtcapQuery{About::configuration, extcap.interface, {}};
    }
    if (extcap.link_types) {
        line.allow_only("--extcap-dlts", {"--extcap-interface"});
        return ExtcapQuery{About::link_types, extcap.interface, {}};
    }
    if (!extcap.capture) {
        if (!extcap.asks_about_filter)
            refuse("nothing to do with '" + extcap.interface +
                   "'; give --extcap-dlts, --extcap-config, --extcap-capture-filter or --capture");
        line.allow_only("--extcap-capture-filter", {"--extcap-interface"});
        return ExtcapQuery{About::filter, extcap.interface, extcap.filter};
    }
    line.allow_only("--capture",
                    {"--extcap-interface", "--extcap-capture-filter", "--extcap-linktype", "--fifo",
                     "-g", "--tap", "--hook", "--netns", "-s", "-c", "-Z"});
    if (extcap.fifo.empty())
        refuse("--capture requires --fifo, the file to write to");
    apply_extcap_interface(options, extcap.interface);
    if (!options.hook.empty() && !options.tap)
        refuse("--hook requires --tap: give it a match, or 'all'");
    options.write = extcap.fifo;
    if (!extcap.link_type.empty())
        options.link_type = link_type("--extcap-linktype", extcap.link_type);
    options.to_wireshark = true;
    options.filter = extcap.filter;
    return options;
}

} // namespace command
