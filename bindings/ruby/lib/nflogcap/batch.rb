# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"

module Nflogcap
  # Packets of one batch of the kernel, as Capture#read_batch returns them. A batch owns its bytes and outlives
  # its capture. Each access creates a packet: batch[0] is another object each time.
  class Batch
    include Enumerable

    alias length size

    # Yields the packets. Without a block it returns an Enumerator.
    def each
      return enum_for(:each) { size } unless block_given?

      size.times { |index| yield packet_at(index) }
      self
    end

    # Like Array#[]: a packet for an Integer, an array for a Range or a start and a length, nil if out of range.
    def [](index, *length)
      return packet_at(index) if length.empty? && index.is_a?(Integer)

      (0...size).to_a[index, *length]&.map { |each| packet_at(each) }
    end

    ##
    # :method: payloads
    # The payloads of all packets.

    ##
    # :method: column
    # :call-seq: column(field) The values of a field, a Symbol or a String, for all packets. ArgumentError if
    # packets do not have such a field.

    def inspect
      "#<Nflogcap::Batch: #{size} packets>"
    end
  end
end
