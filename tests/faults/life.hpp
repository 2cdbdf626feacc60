// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "seam.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nflogcap.h>
#include <string>
#include <utility>
#include <vector>

// The life of a handle, from its creation until it is closed. One call below the library can fail
// during a life. If this makes a function of the library fail, the function is called again without
// the fault, and must then succeed.
class Life {
public:
    explicit Life(seam::Fault fault) : fault_(fault) {}
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    // Sets a function that is called before a failed function is called again.
    void before_again(std::function<void()> what) { before_again_ = std::move(what); }

    // Runs the body, which calls a function of the library, until it succeeds. Returns the result.
    // `expected` are error codes that are not failures.
    int call(const char* function, const std::function<int()>& body,
             std::initializer_list<int> expected = {});

    // Creates the handle. It then has the text of an old failure, to find new failures without a
    // text of their own.
    nflogcap* open();
    [[nodiscard]] nflogcap* handle() const { return handle_; }
    void start();
    // Reads packets with next() and next_batch() in turns. Returns when this many packets were
    // read, when no packet has arrived for `patience_ms`, or when the capture has ended. Returns
    // true if it has ended.
    bool receive(int patience_ms, std::uint64_t packets = UINT64_MAX);
    [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
    // NOLINTNEXTLINE(modernize-use-nodiscard): some callers need only the faults of the call
    nflogcap_stats stats() const;
    void close();

    void open_dump(const char* path);
    nflogcap_dump*& dump() { return dump_; }

    struct Refusal {
        std::string function;
        int code;
        std::string words;
    };
    [[nodiscard]] const std::vector<Refusal>& refusals() const { return refusals_; }

    // The complaints make the test fail. They are collected in a vector, because parts of a life
    // run in other threads.
    void complain(const std::string& of) { complaints_.push_back(of); }
    void require(bool holds, const std::string& otherwise);
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

    [[nodiscard]] const seam::Fault& fault() const { return fault_; }

private:
    int attempt(const std::function<int()>& body);
    void refuse(const char* function, int code);
    void look_at(const nflogcap_packet& packet);

    seam::Fault fault_;
    nflogcap* handle_ = nullptr;
    nflogcap_dump* dump_ = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> dump_open_error_{};
    std::uint64_t delivered_ = 0;
    bool in_turn_ = false;
    std::function<void()> before_again_;
    std::vector<Refusal> refusals_;
    std::vector<std::string> complaints_;
};
