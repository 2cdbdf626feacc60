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

// How an error of docs/errors.md is made to happen, in every function that has it.
struct Provocation {
    std::string error;
    bool stand_in; // by a filter on a system call that answers in the kernel's place
    std::function<std::vector<Failure>()> provoke;
};

const std::vector<Provocation>& provocations();
