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

// A life of a handle, from new to close, in which one call under the library may fail. A function
// that fails by it is called again, with nothing in its way any more, and has to work then.
class Life {
public:
    explicit Life(seam::Fault fault) : fault_(fault) {}
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    // What is done before a function that failed is called again.
    void before_again(std::function<void()> what) { before_again_ = std::move(what); }

    // What the function returns that the body calls. Codes that are expected are no failures.
    int call(const char* function, const std::function<int()>& body,
             std::initializer_list<int> expected = {});

    // The handle, made with words of an old failure in it, which no new one is to have.
    nflogcap* open();
    [[nodiscard]] nflogcap* handle() const { return handle_; }
    void start();
    // Takes what comes, by next() and next_batch() in turns, until there are so many more, nothing
    // has come for some milliseconds, or the capture has ended, which is told.
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

    // What a test is to fail for. In a vector, since parts of a life are in threads of their own.
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
