// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "savefile.hpp"

#include <nflogcap.h>
#include <vector>

// Packets that outlive their capture.
class Packets {
public:
    explicit Packets(const support::FileBytes& bytes)
    {
        const support::TemporaryFile file(bytes);
        const support::Handle capture = support::reader_of(file.path());
        support::start(capture);
        const nflogcap_packet* packet = nullptr;
        while (nflogcap_next(capture.get(), &packet, 0) == 1)
            packets_.push_back(nflogcap_packet_clone(packet));
    }
    ~Packets()
    {
        for (nflogcap_packet* packet : packets_)
            nflogcap_packet_free(packet);
    }
    Packets(const Packets&) = delete;
    Packets& operator=(const Packets&) = delete;

    [[nodiscard]] auto begin() const { return packets_.begin(); }
    [[nodiscard]] auto end() const { return packets_.end(); }
    [[nodiscard]] const nflogcap_packet* front() const { return packets_.front(); }

private:
    std::vector<nflogcap_packet*> packets_;
};
