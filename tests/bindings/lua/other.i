// SPDX-License-Identifier: GPL-2.0-or-later
// A module of SWIG's that has nothing to do with this project, but classes of the same names.
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
