// SPDX-License-Identifier: GPL-2.0-or-later
#include "objects.hpp"

#include "errors.hpp"

#include <cerrno>
#include <new>

namespace binding::perl {

namespace {

// Data of each Perl thread: the packages of objects. They are looked up once, not for each object.
#define MY_CXT_KEY "Nflogcap::packages"
struct my_cxt_t {
    HV* packets;
    HV* batches;
};
START_MY_CXT

HV* package(pTHX_ const char* name)
{
    return reinterpret_cast<HV*>(SvREFCNT_inc_simple_NN(gv_stashpv(name, GV_ADD)));
}

// Perl calls this method in a new thread.
void clone(pTHX_ CV* /*self*/)
{
    dXSARGS;
    MY_CXT_CLONE;
    MY_CXT.packets = package(aTHX_ "Nflogcap::Packet");
    MY_CXT.batches = package(aTHX_ "Nflogcap::Batch");
    PERL_UNUSED_VAR(items);
    XSRETURN(0);
}

// This method returns true. By it, all objects are true.
void yes(pTHX_ CV* /*self*/)
{
    dXSARGS;
    PERL_UNUSED_VAR(items);
    ST(0) = &PL_sv_yes;
    XSRETURN(1);
}

template <typename Object>
int free_object(pTHX_ SV* /*object*/, MAGIC* magic)
{
    delete reinterpret_cast<Object*>(magic->mg_ptr);
    return 0;
}

int free_packet(pTHX_ SV* /*object*/, MAGIC* magic)
{
    if (magic->mg_ptr != nullptr)
        release(reinterpret_cast<Packet*>(magic->mg_ptr));
    return 0;
}

int free_batch(pTHX_ SV* /*object*/, MAGIC* magic)
{
    if (magic->mg_ptr != nullptr)
        Batch::release(reinterpret_cast<Batch*>(magic->mg_ptr));
    return 0;
}

// Empties the copy of an object in a new thread.
int leave_behind(pTHX_ MAGIC* magic, CLONE_PARAMS* /*parameters*/)
{
    magic->mg_ptr = nullptr;
    return 0;
}

constexpr MGVTBL magic_of(int (*free)(pTHX_ SV*, MAGIC*))
{
    MGVTBL table{};
    table.svt_free = free;
    table.svt_dup = leave_behind;
    return table;
}

constexpr MGVTBL handle_magic = magic_of(free_object<Handle>);
constexpr MGVTBL dump_magic = magic_of(free_object<Dump>);
constexpr MGVTBL packet_magic = magic_of(free_packet);
constexpr MGVTBL batch_magic = magic_of(free_batch);

// Makes the SV the owner of the pointer, and returns a reference to the SV.
SV* owner(pTHX_ SV* inner, void* pointer, const MGVTBL& table)
{
    MAGIC* const magic =
        sv_magicext(inner, nullptr, PERL_MAGIC_ext, &table, static_cast<const char*>(pointer), 0);
    magic->mg_flags |= MGf_DUP;
    return newRV_noinc(inner);
}

SV* object_with(pTHX_ void* pointer, const MGVTBL& table, HV* package)
{
    return sv_bless(owner(aTHX_ newSV_type(SVt_PVMG), pointer, table), package);
}

template <typename Object>
SV* make(pTHX_ const MGVTBL& table)
{
    auto* made = new (std::nothrow) Object;
    if (made == nullptr)
        fail_for_memory(aTHX);
    return owner(aTHX_ newSV_type(SVt_PVHV), made, table);
}

// Returns an object's pointer. Fails with this text if the object is of another kind, or belongs to
// another Perl thread.
void* pointer_of(pTHX_ SV* object, const MGVTBL& table, const char* words)
{
    if (SvROK(object) && SvTYPE(SvRV(object)) >= SVt_PVMG) {
        const MAGIC* magic = SvMAGIC(SvRV(object));
        // Other modules may have added magic too.
        if (magic != nullptr && magic->mg_virtual != &table)
            magic = mg_findext(SvRV(object), PERL_MAGIC_ext, &table);
        if (magic != nullptr && magic->mg_ptr != nullptr)
            return magic->mg_ptr;
    }
    fail(aTHX_ EINVAL, words);
}

} // namespace

void define_objects(pTHX)
{
    MY_CXT_INIT;
    MY_CXT.packets = package(aTHX_ "Nflogcap::Packet");
    MY_CXT.batches = package(aTHX_ "Nflogcap::Batch");
    newXS("Nflogcap::CLONE", clone, __FILE__);
    newXS("Nflogcap::_yes", yes, __FILE__);
}

SV* new_handle(PerlInterpreter* perl)
{
    dTHXa(perl);
    return make<Handle>(aTHX_ handle_magic);
}

SV* new_dump(PerlInterpreter* perl)
{
    dTHXa(perl);
    return make<Dump>(aTHX_ dump_magic);
}

SV* object_of(pTHX_ Packet* packet)
{
    dMY_CXT;
    return object_with(aTHX_ packet, packet_magic, MY_CXT.packets);
}

SV* object_of(pTHX_ Batch* batch)
{
    dMY_CXT;
    return object_with(aTHX_ batch, batch_magic, MY_CXT.batches);
}

Handle* handle_of(pTHX_ SV* object)
{
    return static_cast<Handle*>(pointer_of(
        aTHX_ object, handle_magic, "this is no capture of this thread: Nflogcap->open makes one"));
}

Dump* dump_of(pTHX_ SV* object)
{
    return static_cast<Dump*>(
        pointer_of(aTHX_ object, dump_magic,
                   "this is no savefile of this thread: Nflogcap->dump_open makes one"));
}

Packet* packet_of(pTHX_ SV* object)
{
    return static_cast<Packet*>(pointer_of(
        aTHX_ object, packet_magic, "this is no packet of this thread: a capture makes them"));
}

Batch* batch_of(pTHX_ SV* object)
{
    return static_cast<Batch*>(pointer_of(aTHX_ object, batch_magic,
                                          "this is no batch of this thread: a capture makes them"));
}

SV* keep(pTHX_ SV* object)
{
    return SvROK(object) ? sv_2mortal(SvREFCNT_inc_simple_NN(SvRV(object))) : nullptr;
}

} // namespace binding::perl
