# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/batch"
require "nflogcap/capture"
require "nflogcap/dump"
require "nflogcap/nflogcap"
require "nflogcap/opening"
require "nflogcap/packet"
require "nflogcap/stats"

# The packets that Linux netfilter logs to user space through NFLOG.
#
#   require "nflogcap"
#
#   Nflogcap.open(groups: [5], snaplen: 96) do |capture|
#     capture.each { |packet| puts packet.prefix, packet.payload.bytesize }
#   end
#
# Capturing requires CAP_NET_ADMIN in the network namespace. Failures of the system raise the SystemCallError of
# the Errno class (Errno::EPERM if another program owns a group). Invalid values raise ArgumentError or
# RangeError, values of another type TypeError, and the use of a closed capture IOError.
module Nflogcap
  VERSION = nflogcap_version.freeze
  private_class_method :nflogcap_version
end
