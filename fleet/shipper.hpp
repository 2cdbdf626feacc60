// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "broker_link.hpp"
#include "directory.hpp"
#include "flight.hpp"
#include "ship_counters.hpp"
#include "ship_options.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace fleet {

// Sends what is in a spool to the broker, and keeps in the spool how far it is.
//
// All state is in one thread. The stream may lose what it has acknowledged (it is not on its disk
// yet), so at each connection the last chunk of each group is asked for, and the spool is read from
// its start: what the broker has is left out.
class Shipper {
public:
    // Throws nflog::Error and Failure if the spool cannot be shipped by this process as this host.
    Shipper(const ShipOptions& options, EventQueue& events);

    // Does what can be done now. `has_spool_changed`: its descriptor is readable. Returns how long
    // it may be until it is called again, if neither descriptor becomes readable. Throws Failure
    // where somebody must change something.
    std::chrono::milliseconds step(bool has_spool_changed);

    [[nodiscard]] int spool_fd() const { return reader_->fd(); }
    [[nodiscard]] int event_fd() const { return events_.fd(); }

    // Everything that was in the spool when it was last looked at is acknowledged.
    [[nodiscard]] bool is_done() const;
    // Keeps how far it is; to be called at the end.
    void close();

    [[nodiscard]] const ShipCounters& counters() const { return counters_; }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

private:
    using Clock = std::chrono::steady_clock;

    enum class State { unasked, asked, waiting, ready };
    struct Group {
        State state = State::unasked;
        Flight flight;
        std::uint64_t attempt = 0;
        Clock::time_point since{}; // asked, waiting, or the last progress
        std::string other;         // of another spool: its identity and the message's number
    };

    void take_host();
    void keep_connected();
    void lose(const std::string& trouble);
    bool leave_server(const std::string& why);
    void handle_events();
    void handle_last(Group& group, std::uint16_t number, natsMsg* answer);
    void begin(Group& group, std::uint16_t number, std::uint64_t has);
    void handle_acknowledgement(Group& group, const BrokerLink::Tag& tag, natsMsg* answer);
    void refuse(Group& group, const std::string& words);
    void read_more();
    [[nodiscard]] bool has_room_to_read() const;
    void ask();
    void look_at_times();
    void note_progress(std::uint16_t number, const Group& group);
    void send();
    bool send_next(std::uint16_t number, Group& group);
    void save();
    void save_trouble(const std::string& words);
    void clear_trouble();
    // Ends the program if it has never shipped; else it goes on trying.
    void complain(const std::string& words);
    [[noreturn]] void fail(const std::string& words);
    void say_once(const std::string& words);

    ShipOptions options_;
    spool::Directory directory_;
    std::optional<spool::Reader> reader_;
    bool has_read_all_ = false;
    bool has_news_ = true; // there may be more to read
    Clock::time_point read_{};
    EventQueue& events_;
    std::optional<BrokerLink> link_;
    Clock::time_point connect_at_{};
    Clock::time_point connected_{};
    std::chrono::milliseconds connect_wait_;
    Clock::time_point pause_until_{};
    std::chrono::milliseconds pause_{0}; // 0: nothing was refused since the last acknowledgement
    std::map<std::uint16_t, Group> groups_;
    spool::Acknowledged acknowledged_;
    bool is_saved_ = true;
    Clock::time_point saved_{};
    std::string trouble_;
    bool has_shipped_ = false;
    std::set<std::string> said_;
    std::string savefile_; // that was read last: its memory is used again
    ShipCounters counters_;
};

} // namespace fleet
