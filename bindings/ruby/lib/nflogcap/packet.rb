# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"
require "nflogcap/values"

module Nflogcap
  # A packet as the kernel logged it. It owns its bytes, and outlives its capture. It has a method
  # for each of FIELDS; what they say is in nflogcap(3). A field that the kernel did not send, or that
  # the packet's headers do not say, is nil. Its conntrack is a Conntrack, whose original and reply are
  # ConntrackTuples: frozen Structs. Packets are equal if all that the kernel sent and the
  # library says of them is.
  class Packet
    alias to_s line
    private :line
    alias json to_json
    private :json

    # All fields, with those that are nil.
    def to_h
      FIELDS.to_h { |name| [name, public_send(name)] }
    end

    # For pattern matching: in { source:, destination_port: 443 }. It reads the fields of the pattern
    # alone.
    def deconstruct_keys(keys)
      keys.nil? ? to_h : (keys & FIELDS).to_h { |name| [name, public_send(name)] }
    end

    # timestamp_ns as a Time, to the nanosecond.
    def time
      Time.at(0, timestamp_ns, :nsec)
    end

    # One JSON object with the fields that the packet has, as nflogcap(1) says; with payload: false
    # it leaves the payload out. It ignores the json library's state.
    def to_json(*, payload: true)
      json(payload ? true : false)
    end

    def inspect
      named = prefix && ", prefix #{prefix.dump}" # inspect leaves controls of bidirectional text
      more = " or more" if (present & HAS_WIRE_LENGTH).zero?
      "#<Nflogcap::Packet: group #{group}#{named}, #{payload.bytesize} of #{wire_length}#{more} bytes>"
    end
  end

  singleton_class.send(:alias_method, :parse_record, :parse_packet)
  private_class_method :parse_record

  # The packet that a record of LINKTYPE_NFLOG is, which another library has read. The record is a
  # String of either byte order, which may end within the payload; its time is in nanoseconds since
  # the epoch. ArgumentError if the bytes are no such record.
  def self.parse_packet(record, timestamp_ns)
    parse_record(of_type("record", record, String), timestamp_ns)
  end
end
