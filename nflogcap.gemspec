# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# A gem holds the source of the library too:
#   gem build && gem install --local nflogcap-*.gem

Gem::Specification.new do |gem|
  gem.name = "nflogcap"
  header = File.read(File.join(__dir__, "capi/include/nflogcap.h"))
  gem.version = header.scan(/#define NFLOGCAP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)/).join(".")
  gem.summary = "Captures the packets that Linux netfilter logs through NFLOG"
  gem.description = "NFLOG groups captured with everything that the kernel sends with each packet, and every " \
                    "loss counted. Building needs CMake, SWIG, a C++20 compiler, libmnl, " \
                    "libnetfilter_log and libpcap."
  gem.authors = ["The nflogcap authors"]
  gem.license = "GPL-2.0-or-later"
  gem.homepage = ENV["NFLOGCAP_URL"] # as scripts/dists says
  gem.required_ruby_version = ">= 3.1"
  gem.require_paths = ["bindings/ruby/lib"]
  gem.extensions = ["bindings/ruby/extconf.rb"]
  gem.extra_rdoc_files = ["README.md"]
  gem.files = IO.popen([File.join(__dir__, "scripts/package-files"), "ruby"], &:readlines).map(&:chomp)
end
