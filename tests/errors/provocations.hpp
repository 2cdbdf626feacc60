// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

struct Failure {
    std::string function;
    int code;
    std::string words;
};
using Failures = std::vector<Failure>;

// Provokes an error of docs/errors.md in every function that can return it.
struct Provocation {
    std::string error;
    bool stand_in; // a filter for system calls provokes the error instead of the kernel
    std::function<Failures()> provoke;
};
constexpr bool kernel = false;
constexpr bool stand_in = true;

std::vector<Provocation> provocations_of_arguments();
std::vector<Provocation> provocations_of_setting_up();
std::vector<Provocation> provocations_of_starting();
std::vector<Provocation> provocations_of_tapping();
std::vector<Provocation> provocations_of_changing();
std::vector<Provocation> provocations_of_adopting();
std::vector<Provocation> provocations_of_receiving();
std::vector<Provocation> provocations_of_writing_savefiles();
