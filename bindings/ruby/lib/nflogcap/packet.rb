# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"
require "nflogcap/values"

module Nflogcap
  # A packet as the kernel logged it. It owns its bytes and outlives its capture. It has a method for each of
  # FIELDS, which nflogcap(3) describes. A field is nil if the kernel did not send it, or if the packet's
  # headers do not contain it. Its conntrack is a Conntrack, with ConntrackTuples as original and reply: frozen
  # Structs. Two packets are equal if all their fields are equal, except the names of interfaces.
  class Packet
    alias to_s line
    private :line
    alias json to_json
    private :json

    # All fields, including those that are nil.
    def to_h
      FIELDS.to_h { |name| [name, public_send(name)] }
    end

    # For pattern matching: in { source:, destination_port: 443 }. It reads only the fields of the pattern.
    def deconstruct_keys(keys)
      keys.nil? ? to_h : (keys & FIELDS).to_h { |name| [name, public_send(name)] }
    end

    # timestamp_ns as a Time, to the nanosecond.
    def time
      Time.at(0, timestamp_ns, :nsec)
    end

    # Returns one JSON object with the fields that the packet has, as nflogcap(1) describes it; payload: false
    # leaves the payload out. It ignores the json library's state.
    def to_json(*, payload: true)
      json(payload ? true : false)
    end

    def inspect
      named = prefix && ", prefix #{prefix.dump}" # inspect does not escape bidirectional controls
      more = " or more" if (present & HAS_WIRE_LENGTH).zero?
      "#<Nflogcap::Packet: group #{group}#{named}, #{payload.bytesize} of #{wire_length}#{more} bytes>"
    end
  end

  singleton_class.send(:alias_method, :parse_record, :parse_packet)
  private_class_method :parse_record

  # Returns a packet made from a record of LINKTYPE_NFLOG that another library has read. The record is a String,
  # in either byte order, and may end within the payload. The time is in nanoseconds since the Unix epoch.
  # Raises ArgumentError if the bytes are not such a record.
  def self.parse_packet(record, timestamp_ns)
    parse_record(of_type("record", record, String), timestamp_ns)
  end
end
