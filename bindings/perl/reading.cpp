// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading.hpp"

#include <waiting.hpp>

#include "arguments.hpp"
#include "errors.hpp"
#include "objects.hpp"

namespace binding::perl {

namespace {

// Waits up to `seconds` (less than 0: for ever) until Handle::take() returns something. Returns
// NULL after a timeout, and also if the capture was woken, has ended or was closed, so that a loop
// ends without an error. Signal handlers run during the wait, and may die. If a handler drops the
// last reference to the capture, the wait ends.
template <typename Arrival>
Arrival* read(pTHX_ Handle& handle, SV* object, double seconds)
{
    SV* capture = nullptr; // a reference that is kept during the wait
    Arrival* arrival = nullptr;
    Failure failure;
    const Outcome outcome = await(
        handle, seconds, failure, [&] { return of_loop(handle.take(arrival)); },
        [&](int fd, const timespec* timeout, Failure& why) {
            if (capture == nullptr)
                capture = keep(aTHX_ object);
            const Polled polled = poll_readable(fd, timeout, why);
            // Runs the signal handlers in %SIG. It does so even if no signal interrupted this wait,
            // because rejected packets may end each wait at once.
            if (polled == Polled::look_again)
                PERL_ASYNC_CHECK();
            if (SvREFCNT(capture) == 1) // a handler dropped all other references
                handle.close();
            return polled;
        });
    if (outcome == Outcome::failed)
        raise(aTHX_ failure);
    return arrival;
}

// A method; its data is the usage text.
template <typename Arrival>
void read_method(pTHX_ CV* self)
{
    dXSARGS;
    if (items < 1 || items > 2)
        refuse_count(aTHX_ static_cast<const char*>(CvXSUBANY(self).any_ptr));
    Handle* const handle = handle_of(aTHX_ ST(0));
    const double seconds = items == 1 ? -1 : to_timeout(aTHX_ ST(1));
    auto* const arrival = read<Arrival>(aTHX_ * handle, ST(0), seconds);
    if (arrival != nullptr) {
        ST(0) = sv_2mortal(object_of(aTHX_ arrival));
        XSRETURN(1);
    }
    // In list context it returns an empty list, because a list with one undef would be true.
    if (GIMME_V == G_ARRAY)
        XSRETURN(0);
    XSRETURN_UNDEF;
}

void define(pTHX_ const char* name, XSUBADDR_t method, const char* usage)
{
    CvXSUBANY(newXS(name, method, __FILE__)).any_ptr = const_cast<char*>(usage);
}

} // namespace

void define_reading(pTHX)
{
    define(aTHX_ "Nflogcap::next", read_method<Packet>,
           "$capture->next or $capture->next($timeout)");
    define(aTHX_ "Nflogcap::read_batch", read_method<Batch>,
           "$capture->read_batch or $capture->read_batch($timeout)");
}

} // namespace binding::perl
