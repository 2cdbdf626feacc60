// SPDX-License-Identifier: GPL-2.0-or-later
// Mutates the netlink messages of an input. It adds, removes and changes whole messages and
// attributes, and usually adapts the lengths around them. libFuzzer itself mutates single bytes.
#include "libfuzzer.hpp"
#include "netlink_input.hpp"

#include <array>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <random>

namespace {

constexpr std::uint16_t packet_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET;
constexpr std::size_t alignment = 4; // alignment of messages and attributes in bytes

// A range of bytes, by its offset in the input.
struct Extent {
    std::size_t at;
    std::size_t length;
};

class Mutation {
public:
    Mutation(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned seed)
        : data_(data), size_(size), capacity_(capacity), random_(seed)
    {
    }

    std::size_t run()
    {
        Extent message{};
        if (!pick_message(message)) {
            insert_message(size_);
            return size_;
        }
        switch (below(12)) {
        case 0:
            mutate_bytes({0, size_});
            break;
        case 1:
            change_messages(message);
            break;
        case 2:
            change_header(message);
            break;
        case 3:
            set_number(message);
            break;
        default:
            change_attributes(message);
        }
        return size_;
    }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    bool one_in(std::size_t n) { return below(n) == 0; }

    template <typename Value>
    Value load(std::size_t at) const
    {
        Value value{};
        if (at + sizeof value <= size_)
            std::memcpy(&value, data_ + at, sizeof value);
        return value;
    }
    template <typename Value>
    void store(std::size_t at, Value value)
    {
        if (at + sizeof value <= size_)
            std::memcpy(data_ + at, &value, sizeof value);
    }

    // Removes bytes, and inserts zero bytes. Returns false if there is no room.
    bool splice(std::size_t at, std::size_t removed, std::size_t inserted)
    {
        if (size_ - removed + inserted > capacity_)
            return false;
        std::memmove(data_ + at + inserted, data_ + at + removed, size_ - at - removed);
        std::memset(data_ + at, 0, inserted);
        size_ += inserted - removed;
        return true;
    }

    bool pick_message(Extent& picked)
    {
        std::size_t seen = 0;
        fuzz::each_message(std::as_bytes(std::span(data_, size_)), [&](auto message) {
            const auto* begin = reinterpret_cast<const std::uint8_t*>(message.data());
            if (one_in(++seen))
                picked = {static_cast<std::size_t>(begin - data_), message.size()};
        });
        return seen > 0;
    }

    // Calls visit(extent) with each attribute of a message. The extent includes the padding that
    // exists.
    template <typename Visit>
    void each_attribute(const Extent& message, Visit visit) const
    {
        const std::size_t end = message.at + message.length;
        std::size_t at = message.at + NLMSG_HDRLEN + sizeof(nfgenmsg);
        while (at + sizeof(nlattr) <= end) {
            const std::size_t claimed =
                std::max<std::size_t>(load<std::uint16_t>(at), sizeof(nlattr));
            const std::size_t length = std::min<std::size_t>(NLA_ALIGN(claimed), end - at);
            visit(Extent{at, length});
            at += length;
        }
    }

    bool pick_attribute(const Extent& message, Extent& picked)
    {
        std::size_t seen = 0;
        each_attribute(message, [&](const Extent& attribute) {
            if (one_in(++seen))
                picked = attribute;
        });
        return seen > 0;
    }

    // Removes and inserts bytes within a message. Sometimes it does not adapt the message's length,
    // which is then wrong.
    bool splice_in(const Extent& message, std::size_t at, std::size_t removed, std::size_t inserted)
    {
        if (!splice(at, removed, inserted))
            return false;
        if (!one_in(32)) {
            const auto length = load<std::uint32_t>(message.at);
            store(message.at, static_cast<std::uint32_t>(length + inserted - removed));
        }
        return true;
    }

    void mutate_bytes(const Extent& bytes)
    {
        // Only the last bytes of the input can change their number.
        const bool last = bytes.at + bytes.length == size_;
        const std::size_t most = last ? capacity_ - bytes.at : bytes.length;
        const std::size_t length = LLVMFuzzerMutate(data_ + bytes.at, bytes.length, most);
        if (last)
            size_ = bytes.at + length;
    }

    void insert_message(std::size_t at)
    {
        constexpr auto groups = std::to_array<std::uint16_t>({5, 6, 1029, 7});
        constexpr auto families = std::to_array<std::uint8_t>(
            {NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_BRIDGE, NFPROTO_ARP, NFPROTO_NETDEV});
        constexpr std::uint32_t length = NLMSG_HDRLEN + sizeof(nfgenmsg);
        if (!splice(at, 0, length))
            return;
        store(at, nlmsghdr{length, packet_type, 0, 0, 0});
        store(at + NLMSG_HDRLEN, nfgenmsg{families[below(families.size())], NFNETLINK_V0,
                                          static_cast<std::uint16_t>(
                                              __builtin_bswap16(groups[below(groups.size())]))});
        const Extent message = {at, length};
        insert_attribute(message);
        insert_attribute({at, load<std::uint32_t>(at)});
    }

    void change_messages(const Extent& message)
    {
        const std::size_t whole = std::min<std::size_t>(
            NLMSG_ALIGN(message.length) - (one_in(32) ? 1 + below(3) : 0), size_ - message.at);
        const std::size_t end = message.at + whole;
        switch (below(4)) {
        case 0:
            insert_message(message.at);
            break;
        case 1:
            splice(message.at, whole, 0);
            break;
        case 2: // the message ends in its middle; it is a fragment if its length field is unchanged
            splice(message.at + below(whole), 0, alignment * below(4));
            break;
        default:
            if (splice(end, 0, whole))
                std::memcpy(data_ + end, data_ + message.at, whole);
        }
    }

    void change_header(const Extent& message)
    {
        constexpr auto types = std::to_array<std::uint16_t>(
            {packet_type, packet_type, NLMSG_DONE, NLMSG_NOOP, NLMSG_ERROR, fuzz::queue_type});
        const auto some = static_cast<std::uint32_t>(below(6));
        switch (below(7)) {
        case 0: // a length that is slightly too long or too short
            store(message.at, static_cast<std::uint32_t>(message.length + some - 3));
            break;
        case 1:
            store(message.at, static_cast<std::uint32_t>(below(one_in(2) ? 32 : UINT32_MAX)));
            break;
        case 2:
            store(message.at + offsetof(nlmsghdr, nlmsg_type), types[below(types.size())]);
            break;
        case 3:
            store(message.at + offsetof(nlmsghdr, nlmsg_seq), one_in(8) ? UINT32_MAX : some);
            break;
        case 4:
            store(message.at + offsetof(nlmsghdr, nlmsg_pid), some);
            break;
        default:
            mutate_bytes({message.at,
                          std::min<std::size_t>(message.length, NLMSG_HDRLEN + sizeof(nfgenmsg))});
        }
    }

    // Changes the number of a packet: to one near the present one, near zero, near the maximum, or
    // near half of it.
    void set_number(const Extent& message)
    {
        Extent number{};
        each_attribute(message, [&](const Extent& attribute) {
            if (load<std::uint16_t>(attribute.at + 2) == NFULA_SEQ)
                number = attribute;
        });
        if (number.length < sizeof(nlattr) + sizeof(std::uint32_t)) {
            insert(message, NFULA_SEQ, sizeof(std::uint32_t));
            return;
        }
        const std::size_t at = number.at + sizeof(nlattr);
        const auto near = static_cast<std::uint32_t>(below(8));
        const auto from = std::to_array<std::uint32_t>(
            {0, UINT32_MAX - 3, UINT32_C(1) << 31, __builtin_bswap32(load<std::uint32_t>(at))});
        store(at, __builtin_bswap32(from[below(from.size())] + near - 1));
    }

    // Inserts an attribute before an existing one or as the last one.
    void insert(const Extent& message, std::uint16_t type, std::size_t length)
    {
        Extent before = {message.at + message.length, 0};
        if (one_in(2))
            pick_attribute(message, before);
        const std::size_t whole = sizeof(nlattr) + length;
        const std::size_t room = one_in(32) ? whole : NLA_ALIGN(whole);
        if (!splice_in(message, before.at, 0, room))
            return;
        store(before.at, nlattr{static_cast<std::uint16_t>(whole), type});
        const std::size_t value = before.at + sizeof(nlattr);
        if (type == NFULA_HWADDR)
            store(value, __builtin_bswap16(6));
        else if (type == (NFULA_VLAN | NLA_F_NESTED))
            fill_vlan(value);
        else if (type == (NFULA_CT | NLA_F_NESTED))
            fill_conntrack({value, length});
        else if (type != NFULA_PREFIX && length > 0)
            mutate_value({value, length});
    }

    void fill_vlan(std::size_t at)
    {
        constexpr std::uint16_t length = sizeof(nlattr) + sizeof(std::uint16_t);
        store(at, nlattr{length, NFULA_VLAN_PROTO});
        store(at + NLA_ALIGN(length), nlattr{length, NFULA_VLAN_TCI});
    }

    // Fills a conntrack entry with nested attributes of any types. Each one fills the attribute
    // around it, and the innermost has a value of a usual length.
    void fill_conntrack(Extent nest)
    {
        constexpr auto lengths = std::to_array<std::uint8_t>({1, 2, 4, 4, 8, 16});
        while (nest.length >= sizeof(nlattr)) {
            const bool is_last = one_in(3);
            const std::size_t length =
                is_last ? sizeof(nlattr) + lengths[below(lengths.size())] : nest.length;
            const auto type = static_cast<std::uint16_t>(below(CTA_ZONE + 1));
            store(nest.at, nlattr{static_cast<std::uint16_t>(length), type});
            const std::size_t taken =
                std::min(is_last ? NLA_ALIGN(length) : sizeof(nlattr), nest.length);
            nest = {nest.at + taken, nest.length - taken};
        }
    }

    void insert_attribute(const Extent& message)
    {
        struct Usual {
            std::uint16_t type;
            std::uint8_t length;
        };
        constexpr auto usual = std::to_array<Usual>({
            {NFULA_PACKET_HDR, 4},
            {NFULA_MARK, 4},
            {NFULA_TIMESTAMP, 16},
            {NFULA_IFINDEX_INDEV, 4},
            {NFULA_IFINDEX_OUTDEV, 4},
            {NFULA_IFINDEX_PHYSINDEV, 4},
            {NFULA_IFINDEX_PHYSOUTDEV, 4},
            {NFULA_HWADDR, 12},
            {NFULA_PAYLOAD, 60},
            {NFULA_PREFIX, 9},
            {NFULA_UID, 4},
            {NFULA_SEQ, 4},
            {NFULA_SEQ_GLOBAL, 4},
            {NFULA_GID, 4},
            {NFULA_HWTYPE, 2},
            {NFULA_HWHEADER, 14},
            {NFULA_HWLEN, 2},
            {NFULA_CT | NLA_F_NESTED, 48},
            {NFULA_CT_INFO, 4},
            {NFULA_VLAN | NLA_F_NESTED, 16},
            {NFULA_L2HDR, 14},
            {NFULA_L2HDR + 1, 4},
            {fuzz::expression_attribute, 4},
        });
        const Usual& chosen = usual[below(usual.size())];
        insert(message, chosen.type, one_in(8) ? below(24) : chosen.length);
    }

    void mutate_value(const Extent& value)
    {
        if (value.length > 0)
            LLVMFuzzerMutate(data_ + value.at, value.length, value.length);
    }

    // Makes the value of an attribute longer or shorter, and adapts the attribute's length.
    void resize(const Extent& message, const Extent& attribute)
    {
        const std::size_t length =
            one_in(4) ? below(64) : attribute.length - sizeof(nlattr) + 2 - below(5);
        const std::size_t whole = sizeof(nlattr) + std::min<std::size_t>(length, 512);
        const std::size_t room = one_in(32) ? whole : NLA_ALIGN(whole);
        const std::size_t kept = std::min(room, attribute.length);
        if (splice_in(message, attribute.at + kept, attribute.length - kept, room - kept))
            store(attribute.at, static_cast<std::uint16_t>(whole));
    }

    void duplicate(const Extent& message, const Extent& attribute)
    {
        const std::size_t end = attribute.at + attribute.length;
        if (splice_in(message, end, 0, attribute.length))
            std::memcpy(data_ + end, data_ + attribute.at, attribute.length);
    }

    void change_attributes(const Extent& message)
    {
        Extent attribute{};
        if (!pick_attribute(message, attribute)) {
            insert_attribute(message);
            return;
        }
        const std::size_t type_at = attribute.at + sizeof(std::uint16_t);
        const auto type = load<std::uint16_t>(type_at);
        switch (below(10)) {
        case 0:
            insert_attribute(message);
            break;
        case 1:
            splice_in(message, attribute.at, attribute.length, 0);
            break;
        case 2:
            duplicate(message, attribute);
            break;
        case 3:
            resize(message, attribute);
            break;
        case 4:
            store(type_at, static_cast<std::uint16_t>(below(NFULA_L2HDR + 3)));
            break;
        case 5: // change only the length
            store(attribute.at,
                  static_cast<std::uint16_t>(one_in(2) ? attribute.length + below(9) - 4
                                                       : below(UINT16_MAX)));
            break;
        case 6: // change the flags of the type
            store(type_at, static_cast<std::uint16_t>(
                               type ^ (one_in(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER)));
            break;
        default:
            mutate_value({attribute.at + sizeof(nlattr), attribute.length - sizeof(nlattr)});
        }
    }

    std::uint8_t* data_;
    std::size_t size_;
    std::size_t capacity_;
    std::minstd_rand random_;
};

} // namespace

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed)
{
    return Mutation(data, size, max_size, seed).run();
}
