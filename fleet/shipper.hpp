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

// Sends the content of a spool to the broker, and records in the spool which chunks are
// acknowledged.
//
// One thread owns all state. The stream may lose messages that it has acknowledged but not yet
// written to its disk. Therefore, at each connection, the shipper requests the last chunk of each
// group, and reads the spool from its start. It skips the chunks that the broker has.
class Shipper {
public:
    // Throws nflog::Error or Failure if this process cannot ship the spool under this host's name.
    Shipper(const ShipOptions& options, EventQueue& events);

    // Does everything that is possible now. `has_spool_changed`: the spool's descriptor is
    // readable. Returns when to call it again if neither descriptor becomes readable earlier.
    // Throws Failure if the program cannot continue until someone changes a setting.
    std::chrono::milliseconds step(bool has_spool_changed);

    [[nodiscard]] int spool_fd() const { return reader_->fd(); }
    [[nodiscard]] int event_fd() const { return events_.fd(); }

    // Returns whether all chunks that were in the spool at the last check are acknowledged.
    [[nodiscard]] bool is_done() const;
    // Records the progress. Call this at the end.
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
        // Time of the request, of the start of the pause, or of the last progress.
        Clock::time_point since{};
        std::string other; // sequence number of the last message of another spool
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
    // Ends the program if it has never shipped a chunk. Otherwise it reports the problem and keeps
    // trying.
    void complain(const std::string& words);
    [[noreturn]] void fail(const std::string& words);
    void say_once(const std::string& words);

    ShipOptions options_;
    spool::Directory directory_;
    std::optional<spool::Reader> reader_;
    bool has_read_all_ = false;
    bool has_news_ = true; // the spool may contain unread chunks
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
    std::string savefile_; // the savefile that was last read; a member, to reuse its memory
    ShipCounters counters_;
};

} // namespace fleet
