// SPDX-License-Identifier: GPL-2.0-or-later
// A SWIG module that is unrelated to nflogcap, but has classes with the same names.
%module other

%inline %{
struct Handle {
    int number = 5;
    int closed() { return number; }
};
namespace binding {
struct Dump {
    int number = 7;
};
} // namespace binding
%}
