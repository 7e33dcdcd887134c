#include <Python.h>
#include <math.h>

/* Neumaier's improvement of Kahan's summation: `lost` collects what each addition rounds away. */
static PyObject *
total(PyObject *module, PyObject *numbers)
{
    double sum = 0.0, lost = 0.0;
    PyObject *number, *iterator = PyObject_GetIter(numbers);
    (void)module;

    if (iterator == NULL) {
        return NULL;
    }
    while ((number = PyIter_Next(iterator)) != NULL) {
        double value = PyFloat_AsDouble(number);
        Py_DECREF(number);
        if (value == -1.0 && PyErr_Occurred()) {
            break;
        }
        double next = sum + value;
        if (fabs(sum) >= fabs(value)) {
            lost += (sum - next) + value;
        }
        else {
            lost += (value - next) + sum;
        }
        sum = next;
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred()) {
        return NULL;
    }
    /* with an infinity or NaN, what was lost is NaN and says nothing */
    return PyFloat_FromDouble(isfinite(sum) ? sum + lost : sum);
}

static PyMethodDef functions[] = {
    {"total", total, METH_O, PyDoc_STR("The sum of the numbers, each rounding error added up apart.")},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_fastsum", NULL, 0, functions, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__fastsum(void)
{
    return PyModuleDef_Init(&definition);
}
