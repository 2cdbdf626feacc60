# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"

module Nflogcap
  # Packets of one batch of the kernel's, as Capture#read_batch returns it. It owns its bytes, and
  # outlives its capture. A packet is made when it is asked for: batch[0] is another object each time.
  class Batch
    include Enumerable

    alias length size

    # Yields the packets. Without a block it returns an Enumerator.
    def each
      return enum_for(:each) { size } unless block_given?

      size.times { |index| yield packet_at(index) }
      self
    end

    # As of an array of the packets: a packet for an Integer, an array for a Range or a start and a
    # length, nil if out of range.
    def [](index, *length)
      return packet_at(index) if length.empty? && index.is_a?(Integer)

      (0...size).to_a[index, *length]&.map { |each| packet_at(each) }
    end

    ##
    # :method: payloads
    # The payloads of all packets.

    ##
    # :method: column
    # :call-seq: column(field)
    # The values of a field, a Symbol or a String, of all packets. ArgumentError for one that packets
    # do not have.

    def inspect
      "#<Nflogcap::Batch: #{size} packets>"
    end
  end
end
