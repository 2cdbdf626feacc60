# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# loop.rb reads packets with nflogcap in Ruby until SIGINT.

require "json"
require "nflogcap"

received = 0
sum = 0
Nflogcap.open(5) do |capture|
  puts "ready"
  $stdout.flush
  begin
    capture.each do |packet|
      sum += packet.payload.bytesize + packet.prefix.bytesize + (packet.mark || 0)
      sum += packet.timestamp_ns
      received += 1
    end
  rescue Interrupt
    stats = capture.stats
    lost = stats.unaccounted_batches.zero? ? stats.lost : nil
    puts JSON.generate({ received: received, lost: lost })
  end
end
