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

// A life of a handle, from creation to close, in which one call below the library may fail. A
// function that fails because of it is called again without the fault, and must then work.
class Life {
public:
    explicit Life(seam::Fault fault) : fault_(fault) {}
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    // Called before a failed function is called again.
    void before_again(std::function<void()> what) { before_again_ = std::move(what); }

    // The result of a function that the body calls. Expected codes are no failures.
    int call(const char* function, const std::function<int()>& body,
             std::initializer_list<int> expected = {});

    // The handle. It is created with the text of an old failure, which no new failure may have.
    nflogcap* open();
    [[nodiscard]] nflogcap* handle() const { return handle_; }
    void start();
    // Reads packets with next() and next_batch() in turns, until there are this many more, until
    // none has arrived for some milliseconds, or until the capture has ended, which is the result.
    bool receive(int patience_ms, std::uint64_t packets = UINT64_MAX);
    [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
    nflogcap_stats stats() const; // NOLINT(modernize-use-nodiscard): called for its faults too
    void close();

    void open_dump(const char* path);
    nflogcap_dump*& dump() { return dump_; }

    struct Refusal {
        std::string function;
        int code;
        std::string words;
    };
    [[nodiscard]] const std::vector<Refusal>& refusals() const { return refusals_; }

    // The reasons for a test to fail. In a vector, because parts of a life run in their own
    // threads.
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
