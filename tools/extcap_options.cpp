// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap_options.hpp"

#include "command_line.hpp"
#include "extcap.hpp"
#include "option_values.hpp"

namespace command {

void add_extcap(CLI::App& app, Extcap& extcap)
{
    app.add_flag("--extcap-interfaces", extcap.interfaces)->group(wiresharks_own);
    app.add_flag("--extcap-dlts", extcap.link_types)->group(wiresharks_own);
    app.add_flag("--extcap-config", extcap.configuration)->group(wiresharks_own);
    app.add_flag("--capture", extcap.capture)->group(wiresharks_own);
    app.add_option("--extcap-interface", extcap.interface)->group(wiresharks_own);
    app.add_option("--extcap-linktype", extcap.link_type)->group(wiresharks_own);
    app.add_option("--fifo", extcap.fifo)->group(wiresharks_own);
    app.add_option("--extcap-version", extcap.version)->group(wiresharks_own);
    app.add_option_function<std::string>("--extcap-capture-filter",
                                         [&extcap](const std::string& filter) {
                                             extcap.filter = filter;
                                             extcap.asks_about_filter = true;
                                         })
        ->group(wiresharks_own);
}

void require_tap_of_hook(const CaptureOptions& options)
{
    if (!options.hook.empty() && !options.tap)
        refuse("--hook requires --tap: give it a match, or 'all'");
}

void refuse_extcap_options(const CLI::App& app)
{
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group() == wiresharks_own && option->count() > 0)
            refuse(option->get_name() + " has no effect without --extcap-interface or "
                                        "--extcap-interfaces; leave it out");
    }
}

Options of_extcap(const CLI::App& app, const Extcap& extcap, CaptureOptions options)
{
    using About = ExtcapQuery::About;
    if (!options.filter.empty())
        refuse("the filter '" + options.filter +
               "' has no effect here; give it by --extcap-capture-filter");
    if (extcap.interfaces) {
        allow_only(app, "--extcap-interfaces", {});
        return ExtcapQuery{About::interfaces, {}, {}};
    }
    if (extcap.interface.empty())
        refuse("which interface? give --extcap-interface");
    if (extcap.configuration) {
        allow_only(app, "--extcap-config", {"--extcap-interface"});
        return ExtcapQuery{About::configuration, extcap.interface, {}};
    }
    if (extcap.link_types) {
        allow_only(app, "--extcap-dlts", {"--extcap-interface"});
        return ExtcapQuery{About::link_types, extcap.interface, {}};
    }
    if (!extcap.capture) {
        if (!extcap.asks_about_filter)
            refuse("what about '" + extcap.interface +
                   "'? --extcap-dlts, --extcap-config, --extcap-capture-filter or --capture");
        allow_only(app, "--extcap-capture-filter", {"--extcap-interface"});
        return ExtcapQuery{About::filter, extcap.interface, extcap.filter};
    }
    allow_only(app, "--capture",
               {"--extcap-interface", "--extcap-capture-filter", "--extcap-linktype", "--fifo",
                "--group", "--tap", "--hook", "--netns", "--snaplen", "-c", "-Z"});
    if (extcap.fifo.empty())
        refuse("--capture needs a place to write to: give --fifo");
    apply_extcap_interface(options, extcap.interface);
    require_tap_of_hook(options);
    options.write = extcap.fifo;
    if (!extcap.link_type.empty())
        options.link_type = link_type("--extcap-linktype", extcap.link_type);
    options.to_wireshark = true;
    options.filter = extcap.filter;
    return options;
}

} // namespace command
