# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/descriptions"

module Nflogcap
  # The counters of a capture or of one of its groups since it was opened, at one moment. nflogcap(3) describes
  # each counter.
  Stats = Struct.new(*COUNTERS.map { |counter| counter.name.to_sym }) do
    # :nodoc:
    def self.of(values)
      new(*values).freeze
    end
  end
end
