# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"

module Nflogcap
  KINDS = { INTEGER => :integer, GROUPS => :integer, CHOICE => :choice, BOOLEAN => :boolean,
            PATH => :path, TEXT => :text }.freeze
  private_constant :Option, :Counter, :KINDS
  %i[INTEGER TEXT BOOLEAN PATH CHOICE GROUPS].each { |name| remove_const(name) }

  def self.described
    (0..).lazy.map { |index| yield index }.take_while(&:itself).to_a.freeze
  end
  private_class_method :nflogcap_option_at, :nflogcap_counter_at, :described

  # The options of open by name, and the counters, as the library describes them.
  OPTIONS = described { |index| nflogcap_option_at(index) }.to_h { |option| [option.name.to_sym, option] }.freeze
  COUNTERS = described { |index| nflogcap_counter_at(index) }
  private_constant :OPTIONS, :COUNTERS
end
