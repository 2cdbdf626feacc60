# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/descriptions"

module Nflogcap
  # Converts one value of an option to the text that the library expects. Raises TypeError for a value of another type.
  def self.text_of(name, value)
    case KINDS[OPTIONS[name].kind]
    when :boolean then value ? "1" : "0"
    when :path then path_of(name, value)
    when :text then of_type(name, value, String)
    when :choice then choice_of(name, value)
    else of_type(name, value, Integer).to_s
    end
  end

  # Returns a name unchanged, and converts a number to decimal text.
  def self.choice_of(name, value)
    value.is_a?(String) || value.is_a?(Symbol) ? value.to_s : of_type(name, value, Integer).to_s
  end

  def self.path_of(name, value)
    of_type(name, value.respond_to?(:to_path) ? value.to_path : value, String)
  end

  def self.of_type(name, value, type)
    return value if value.is_a?(type)

    article = type == Integer ? "an" : "a"
    raise TypeError, "#{name} must be #{article} #{type}, not #{value.nil? ? 'nil' : value.class}"
  end
  private_class_method :choice_of, :path_of, :of_type
end
