// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace binding::python {

PyObject* repr(const nflogcap_packet& packet)
{
    const unsigned group = packet.group;
    const char* more = (packet.present & NFLOGCAP_HAS_WIRE_LENGTH) != 0 ? "" : " or more";
    if (packet.prefix == nullptr)
        return PyUnicode_FromFormat("<nflogcap.Packet: group %u, %u of %u%s bytes>", group,
                                    packet.payload_length, packet.wire_length, more);
    PyObject* const prefix = PyUnicode_DecodeUTF8(
        packet.prefix, static_cast<Py_ssize_t>(std::strlen(packet.prefix)), "surrogateescape");
    if (prefix == nullptr)
        return nullptr;
    PyObject* const text =
        PyUnicode_FromFormat("<nflogcap.Packet: group %u, prefix %R, %u of %u%s bytes>", group,
                             prefix, packet.payload_length, packet.wire_length, more);
    Py_DECREF(prefix);
    return text;
}

PyObject* hexdump(const nflogcap_packet& packet)
{
    constexpr std::size_t row = 16;
    constexpr std::size_t bytes_at = 6;                      // length of "0000  "
    constexpr std::size_t ascii_at = bytes_at + 3 * row + 2; // "45 " sixteen times, and two blanks
    const std::size_t length = packet.payload == nullptr ? 0 : packet.payload_length;
    try {
        std::string text;
        text.reserve((length / row + 1) * (ascii_at + row + 1));
        for (std::size_t start = 0; start < length; start += row) {
            std::array<char, ascii_at + row> line;
            line.fill(' ');
            // snprintf's NUL is overwritten by the next bytes.
            std::snprintf(line.data(), line.size(), "%04zx", start);
            line[4] = ' ';
            std::size_t end = ascii_at;
            for (std::size_t i = 0; i < row && start + i < length; ++i) {
                const std::uint8_t byte = packet.payload[start + i];
                constexpr std::string_view digits = "0123456789abcdef";
                line[bytes_at + 3 * i] = digits[byte >> 4];
                line[bytes_at + 3 * i + 1] = digits[byte % digits.size()];
                line[end++] = byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
            }
            text.append(line.data(), end) += '\n';
        }
        return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
}

} // namespace binding::python
