// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <values.hpp>

#include <ruby.h>
#include <ruby/thread.h>

namespace binding::ruby {

// Calls a function that may wait, without the GVL, so that Ruby's other threads run. Calls it again
// after each signal. If the signal's handler raises an exception, this function is left by longjmp.
template <typename Call>
void without_gvl(Failure& failure, Call call)
{
    const auto run = [](void* data) -> void* {
        (*static_cast<Call*>(data))();
        return nullptr;
    };
    do {
        failure.code = 0;
        rb_thread_call_without_gvl(run, &call, RUBY_UBF_IO, nullptr);
        if (failure.code == -EINTR)
            rb_thread_check_ints();
    } while (failure.code == -EINTR);
}

} // namespace binding::ruby
